/**
 * Every limit of the API, once. Source: the Images API's documentation ("Max image size is 128 GiB") and
 * Amazon S3's multipart upload limits, which the part limits follow.
 */

const KiB = 1024
const MiB = 1024 * KiB
const GiB = 1024 * MiB

export const limits = {
  /** The largest image that can be completed, in bytes: 128 GiB. */
  maxImageSizeBytes: 128 * GiB,
  /** The smallest part that is not the last one, in bytes: 5 MiB. */
  minPartSizeBytes: 5 * MiB,
  /** The largest part, in bytes: 5 GiB. */
  maxPartSizeBytes: 5 * GiB,
  /** The most parts of one upload; part numbers run from 1 to this. At 128 GiB parts average 13.1 MiB. */
  maxPartCount: 10_000,
  /** The longest image, workspace or account name, in characters. */
  maxNameLength: 255,
  /** The most items of one page of a list. */
  maxPageSize: 200,
  /** Items of a page when the request does not say. */
  defaultPageSize: 50,
  /** The largest JSON body that a server has to read, in bytes; the contract's largest real body is under 2 KiB. */
  maxJsonBodyBytes: 64 * KiB,
} as const
