/** The error envelope's `type` for each status, as the API documents it. */
export const errorStatuses = {
  invalid_request_error: 400,
  authentication_error: 401,
  forbidden: 403,
  not_found: 404,
  request_timed_out: 408,
  conflict: 409,
  gone: 410,
  unprocessable_entity: 422,
  api_error: 500,
  not_implemented: 501,
  service_unavailable: 503,
} as const

export type ErrorType = keyof typeof errorStatuses

/** The `type` that goes with an HTTP status, including those that the API's table does not list. */
export function errorTypeOf(status: number): ErrorType {
  const listed = Object.entries(errorStatuses).find(([, listedStatus]) => listedStatus === status)
  if (listed) return listed[0] as ErrorType
  // 429 asks the client to come back later, which is what `service_unavailable` says; so does a full disk's 507.
  if (status === 429 || status === 502 || status === 504 || status === 507) return 'service_unavailable'
  return status >= 500 ? 'api_error' : 'invalid_request_error'
}

/**
 * Every `details[].code` that Slipway answers with, and its HTTP status. Codes are stable: a client may switch on them,
 * while messages are for people and change.
 */
export const errorCodes = {
  // The request's form
  required: 400,
  invalid_format: 400,
  invalid_type: 400,
  out_of_range: 400,
  unrecognized_field: 400,
  malformed_json: 400,
  invalid_cursor: 400,
  unsupported_media_type: 415,
  body_too_large: 413,
  length_required: 411,
  length_mismatch: 400,
  method_not_allowed: 405,
  range_not_satisfiable: 416,
  precondition_failed: 412,
  headers_too_large: 431,
  request_timed_out: 408,
  too_many_requests: 429,
  // Who asks
  missing_token: 401,
  invalid_token: 401,
  expired_token: 401,
  insufficient_role: 403,
  outside_workspace: 403,
  outside_policy: 403,
  invalid_signature: 403,
  expired_url: 403,
  // What is asked for
  unknown_path: 404,
  image_not_found: 404,
  workspace_not_found: 404,
  token_not_found: 404,
  name_taken: 409,
  idempotency_error: 409,
  workspace_not_empty: 409,
  default_workspace: 409,
  // The image's life cycle
  image_in_use: 409,
  not_uploadable: 409,
  not_completed: 409,
  not_revoked: 409,
  not_public: 409,
  already_completed: 409,
  public_image: 403,
  default_image: 403,
  // Parts and bytes
  no_parts: 400,
  part_missing: 400,
  part_too_small: 400,
  part_too_large: 400,
  image_too_large: 400,
  parts_unequal: 400,
  quota_exceeded: 413,
  digest_mismatch: 400,
  changed_meanwhile: 409,
  // The server's own state
  internal_error: 500,
  shutting_down: 503,
  verification_pending: 503,
  storage_unavailable: 503,
  storage_full: 507,
  // The server that this one stands in front of
  upstream_refused: 502,
  upstream_invalid: 502,
  upstream_unavailable: 503,
  upstream_timeout: 504,
  request_loop: 508,
} as const

export type ErrorCode = keyof typeof errorCodes
