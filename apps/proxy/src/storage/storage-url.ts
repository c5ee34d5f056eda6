import { z } from 'zod'

export interface FilesLocation {
  readonly kind: 'files'
  readonly url: string
}

export interface S3Location {
  readonly kind: 's3'
  /** The setting in its canonical form. Holds nothing secret: credentials come from the environment. */
  readonly url: string
  readonly bucket: string
  /** Before every key; empty or without slashes at its ends. */
  readonly prefix: string
  /** Undefined: Amazon's own for the region. */
  readonly endpoint: string | undefined
  /** By which clients reach the store, where that differs. */
  readonly publicEndpoint: string | undefined
  /** Undefined: what the AWS SDK finds in the environment. */
  readonly region: string | undefined
  readonly isPathStyle: boolean
}

/** Where the bytes are. */
export type StorageLocation = FilesLocation | S3Location

const example = 's3://bucket/prefix?endpoint=https://s3.example.com'
const bucketPattern = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/
const prefixPattern = /^[A-Za-z0-9!_.*'()/-]{0,512}$/

const parametersSchema = z.strictObject({
  endpoint: endpoint('endpoint').optional(),
  public_endpoint: endpoint('public_endpoint').optional(),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'must have a region such as region=eu-central-1')
    .optional(),
  path_style: z
    .enum(['true', 'false'], 'must have path_style=true or path_style=false')
    .transform((text) => text === 'true')
    .optional(),
})
const parameterNames = Object.keys(parametersSchema.shape).join(', ')

/** The text of `--storage-url`. Its messages complete "<setting> …" and never repeat the text, which may hold a secret. */
export const storageLocationSchema = z.string().transform((text, context): StorageLocation => {
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  if (text === 'file:') return { kind: 'files', url: text }
  const url = URL.parse(text)
  if (url?.protocol === 'file:') return refuse('must be file: alone: files are kept in the data folder')
  if (url?.protocol !== 's3:') return refuse(`must be file: or an address such as ${example}`)
  if (url.username !== '' || url.password !== '') {
    return refuse('must not hold credentials: give them as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY')
  }
  const bucket = url.host
  if (!bucketPattern.test(bucket)) return refuse(`must name a bucket: ${example}`)
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '')
  if (!prefixPattern.test(prefix)) return refuse("must have a prefix of letters, digits and !_.*'()/- only")
  if (url.hash !== '') return refuse('must not have a fragment (#)')

  const given = [...url.searchParams]
  if (new Set(given.map(([name]) => name)).size < given.length) return refuse('must give each parameter once')
  const parsed = parametersSchema.safeParse(Object.fromEntries(given))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    if (issue?.code === 'unrecognized_keys') {
      return refuse(
        `has the unknown parameter ${issue.keys[0]}: there are ${parameterNames}; credentials come from ` +
          'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
      )
    }
    return refuse(issue?.message ?? `must be an address such as ${example}`)
  }
  const { endpoint, public_endpoint, region, path_style } = parsed.data
  return {
    kind: 's3',
    url: canonicalUrlOf({ bucket, prefix, parameters: given }),
    bucket,
    prefix,
    endpoint,
    publicEndpoint: public_endpoint,
    // A store of one's own has a region only because signatures need one.
    region: region ?? (endpoint === undefined ? undefined : 'us-east-1'),
    // Few of them have a DNS name for each bucket.
    isPathStyle: path_style ?? endpoint !== undefined,
  }
})

function canonicalUrlOf(options: {
  readonly bucket: string
  readonly prefix: string
  readonly parameters: readonly (readonly [string, string])[]
}): string {
  const { bucket, prefix, parameters } = options
  const query = parameters.map(([name, value]) => `${name}=${value}`).join('&')
  return `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}${query === '' ? '' : `?${query}`}`
}

function endpoint(name: string) {
  return z
    .string()
    .refine(isEndpoint, `must have ${name}= with scheme and host alone, such as ${name}=https://s3.example.com`)
    .transform((text) => text.replace(/\/+$/, ''))
}

function isEndpoint(text: string): boolean {
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol)) return false
  return url.username === '' && url.password === '' && url.search === '' && url.hash === ''
}
