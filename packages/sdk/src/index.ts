export type { RequestOptions } from './call-options.ts'
export { type Client, type ClientOptions, createClient } from './client.ts'
export { type Clock, systemClock } from './clock.ts'
export type { DownloadEvent } from './download/download-events.ts'
export { downloadImage } from './download/download-image.ts'
export { downloadImageTo } from './download/download-image-to.ts'
export type { DownloadImageOptions, DownloadImageToOptions, DownloadResult } from './download/download-options.ts'
export {
  ApiError,
  AuthenticationError,
  ConflictError,
  ForbiddenError,
  InvalidRequestError,
  NotFoundError,
  ServerError,
} from './errors/api-error.ts'
export {
  CancelledError,
  DestinationError,
  IntegrityError,
  NetworkError,
  OutcomeUnknownError,
  ResponseError,
  SlipwayError,
  type SlipwayErrorOptions,
  SourceError,
  UploadLockedError,
  UsageError,
} from './errors/slipway-error.ts'
export type { CallOptions } from './http/call-operation.ts'
export type { RequestRecord } from './http/transport.ts'
export type { Image } from './image.ts'
export type { CompleteImageOptions } from './operations/complete-image.ts'
export type { CreateImageOptions } from './operations/create-image.ts'
export type { CreatePartUrlOptions, PresignedUrl } from './operations/create-part-url.ts'
export type { Account } from './operations/get-account.ts'
export type { Capabilities } from './operations/get-capabilities.ts'
export type { ImageDownload } from './operations/get-image-download.ts'
export type { ListImagesOptions } from './operations/list-images.ts'
export type { Part } from './operations/list-parts.ts'
export type { CreatedToken, CreateTokenOptions, Token } from './operations/tokens.ts'
export type { Workspace } from './operations/workspaces.ts'
export type { Page, PagedList } from './paged-list.ts'
export type { UploadInput } from './source/open-source.ts'
export type { TransferSnapshot } from './transfer/transfer-snapshot.ts'
export { type AbortUploadOptions, abortUpload } from './upload/abort-upload.ts'
export type { UploadEvent } from './upload/upload-events.ts'
export { uploadImage } from './upload/upload-image.ts'
export type { UploadImageOptions, UploadResult } from './upload/upload-options.ts'
