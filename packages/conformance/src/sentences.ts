/** The contract, sentence by sentence, as cases quote it. */
export const sentences = {
  prefixes: 'Every route is served under both `/v2` and `/preview/v2`, with identical behaviour.',
  bearer: '`Authorization: Bearer <token>` on every route except signed byte URLs.',

  imageId: 'An image id has the form `image_[0-9a-zA-Z_-]{1,21}`.',
  legacyId:
    'The legacy prefix `vmi_` is accepted wherever an image id is read and means the same image; everything written carries `image_`.',
  workspaceId: 'A workspace id has the form `wksp_[0-9a-zA-Z_-]{1,21}`.',
  imagePath:
    'An image resource path is `sfc:image:<account>:<workspace>:<name>`: exactly three segments after the type.',
  workspacePath:
    'A workspace resource path is `sfc:workspace:<account>:<name>`; readers tolerate the documented {1,3} segments, only two resolve.',
  name: 'A name is `[a-zA-Z0-9][a-zA-Z0-9._-]{0,254}`, 1 to 255 characters.',
  cursor: 'A list cursor is `imagec_[A-Za-z0-9_-]+`, opaque, tamper-evident.',
  digestForm: 'A sha256 is `^[a-f0-9]{64}$`; upper case is refused.',
  anchored: 'All patterns are anchored: a match inside a longer string is not a match.',
  references:
    "`{id}` in a path accepts an image id, an image resource path, or a bare name (resolved in the account's `default` workspace).",
  encodedColons: 'Colons arrive raw or percent-encoded.',
  permanence: 'IDs are permanent; resource paths follow renames of the workspace.',

  create: '`POST /images` {workspace, name?} answers 201 with the image.',
  generatedName: '`name` may be absent or null: then the server makes `adjective-noun-xxxxxx`.',
  createUnknownWorkspace: '`POST /images` answers 404 when the workspace is not there.',
  nameTaken: '`POST /images` answers 409 when the name is taken.',
  list: '`GET /images` answers 200 {object: "list", data, has_more, cursor}.',
  listLimit: '`GET /images` takes `limit` from 1 to 200, default 50.',
  listPaging: '`GET /images` takes `starting_after` and `ending_before`.',
  listWorkspace: '`GET /images` takes `workspace` (id or path), and answers 404 when it is not there.',
  listIds: '`GET /images` takes `id`, repeatable.',
  listDeleted: '`GET /images` takes `include_deleted`.',
  get: '`GET /images/{id}` answers 200 with the image (and its `provider`), or 404.',
  delete: '`DELETE /images/{id}` answers 200 {object: "image", deleted: true, name} (soft delete), or 404.',
  deleteDefault: '`DELETE /images/{id}` answers 403 for the default image.',
  partUrl: '`POST /images/{id}/parts` {part_id} answers 200 {url, expires_at}.',
  partId: '`part_id` is an integer from 1 to 10 000.',
  partNotUploadable: '`POST /images/{id}/parts` answers 409 when the image is not uploadable.',
  put: "`PUT <url>` takes the part's bytes with any `Content-Type` and no bearer token, and answers 200 with an `ETag` header.",
  putSignature: '`PUT <url>` answers 403 for a bad or expired signature.',
  putClosed: '`PUT <url>` answers 404 or 409 when the image takes no parts any more.',
  complete: '`POST /images/{id}/complete` {sha256} answers 200 with the image, `upload_status` "completed".',
  completeAgain: '`complete` repeated with the same sha256 is a success (clients retry).',
  completeOther: '`complete` with another sha256 is a 409.',
  download: '`GET /images/{id}/download` answers 200 {url, expires_at, sha256, size}.',
  downloadState: '`GET /images/{id}/download` answers 409 when the image is not completed.',
  getBytes: '`GET <url>` answers the bytes.',
  getBytesSignature: '`GET <url>` answers 403 for a bad signature.',
  ranges: '`GET <url>`: `Range` is supported (single range, 206, 416).',
  etag: '`GET <url>` carries an `ETag`.',
  head: '`HEAD` is supported where bytes are read.',
  revoke:
    '`POST /images/{id}/revoke` answers 200 with the image, `upload_status` "revoked", or 409 when it is not completed.',
  revokePublic: '`POST /images/{id}/revoke` answers 403 for a public image.',
  reinstate:
    '`POST /images/{id}/reinstate` answers 200 with the image, `upload_status` "completed", or 409 when it is not revoked.',
  publish:
    '`POST /admin/images/{id}/publish` answers 200 with the image, `is_public` true, or 409 when it is not completed.',
  setDefault:
    '`POST /admin/images/{id}/set-default` answers 200 with the image and swaps the previous default atomically, or 409 when it is not public.',
  publicList: 'Listing with `workspace=sfc:workspace:sfcompute:public` lists the public images.',
  workspaces: '`GET·POST /workspaces`, `GET·PATCH·DELETE /workspaces/{workspace}` answer the workspace, or 404.',
  workspaceShape: 'A workspace is {id, resource_path, owner, name, object: "workspace", created_at}.',
  workspaceConflict: '`/workspaces` answers 409 when the workspace is not empty or the name is taken.',
  account: '`GET /v1/account/me` (no prefix) answers {id, role, is_frozen: false, …}.',

  imageShape:
    'An image has id, resource_path, owner, workspace, workspace_id, name, is_public, object, upload_status, created_at, sha256 (string or null).',
  createdShape:
    'A created image has id, resource_path, owner, workspace, name, object, upload_status "started", created_at and sha256.',
  createdAt: '`created_at` is in Unix seconds, an integer.',
  provider: '`provider` (string or null) is on get and list.',
  states: '`started` → `uploading` → `completed` ⇄ `revoked`.',
  softDelete: 'Soft deletion is orthogonal to `upload_status`.',

  envelope:
    'An error is {"error": {"type", "message", "details"?: [{"field"?, "code", "message"}]}} with the type for the status.',
  details:
    '`details[].field` is the JSON pointer-like name of the offending field, `details[].code` is stable and machine-readable.',
  sameEnvelope:
    'Malformed JSON, a wrong content type, an unknown path and an unsupported method get the same envelope.',
  invalid: 'Every route answers 400 `invalid_request_error` to what breaks its form.',
  accountScope: "A token reaches its own account: another account's image is a 404.",
  roles: 'Every route that changes something answers 403 `forbidden` to a token whose role does not allow it.',

  contiguous: 'Part numbers are contiguous from 1 when completing.',
  partMinimum: 'Every part but the last is at least 5 MiB.',
  partMaximum: 'Parts 1…10 000; a part is at most 5 GiB.',
  losesNothing: 'What breaks a limit gets a 400 that names the part and the limit, and loses nothing already uploaded.',

  listParts:
    '`GET /images/{id}/parts` answers the parts the server holds: {object: "list", data: [{part_id, size, sha256?, etag}], has_more, cursor}.',
  capabilities: '`GET /capabilities` tells which additions this server has, and its limits.',
  verified: '`sha256_verified` is true once the server itself has hashed the bytes and they match.',
  verifies: 'A server that announces `verifies_sha256` hashes the bytes and refuses to complete with another digest.',
  contentLength: 'A server that announces `part_content_length` binds a part URL to the length asked for.',
  idempotency:
    'A server that announces `idempotency_key` answers a repeated creation under one `Idempotency-Key` with the same image.',
} as const
