import { ApiError } from '../api-error.ts'

export function methodNotAllowed({ method, allowed }: { method: string; allowed: readonly string[] }): ApiError {
  const list = allowed.join(', ')
  return new ApiError({
    code: 'method_not_allowed',
    message: `${method} is not served here: use ${list}`,
    headers: { allow: list },
  })
}

export function unknownPath(): ApiError {
  return new ApiError({
    code: 'unknown_path',
    message: 'nothing is served under this path: check it against the API, which starts with /v2 or /preview/v2',
  })
}
