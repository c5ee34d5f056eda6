import {
  abortUpload,
  type Client,
  createClient,
  downloadImage,
  downloadImageTo,
  NotFoundError,
  SlipwayError,
  uploadImage,
} from '@slipway/sdk'
import { type SdkJob, sdkExitCodes } from './sdk-job.ts'

/** Far shorter than the defaults, so that a short run meets the SDK's own ways out of a stall. */
const stallTimeoutMs = 2_500
const timeoutMs = 5_000

process.exitCode = await main(process.argv[2] ?? '')

/** One job of the SDK in a process of its own, which can be killed. Its result is a line of JSON on standard output. */
async function main(argument: string): Promise<number> {
  const { SLIPWAY_API_URL: apiUrl = '', SLIPWAY_TOKEN: token = '' } = process.env
  const client = createClient({ apiUrl, token, timeoutMs })
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  try {
    const result = await run(client, JSON.parse(argument) as SdkJob, stop.signal)
    if (result !== undefined) process.stdout.write(`${JSON.stringify(result)}\n`)
    return sdkExitCodes.done
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error
    process.stderr.write(`${error.name} ${error.code}: ${error.message}\n`)
    return sdkExitCodes.foreseen
  } finally {
    await client.close()
  }
}

async function run(client: Client, job: SdkJob, signal: AbortSignal): Promise<unknown> {
  switch (job.kind) {
    case 'upload': {
      if (job.replace) await clear(client, job, signal)
      const { image, sha256 } = await uploadImage(client, {
        ...job,
        source: job.file ?? process.stdin,
        stallTimeoutMs,
        signal,
      })
      return { id: image.id, sha256 }
    }
    case 'download': {
      const options = { ref: job.ref, concurrency: job.concurrency, stallTimeoutMs, signal }
      if (job.file === undefined) {
        await downloadImageTo(client, { ...options, sink: process.stdout })
        return undefined
      }
      const { sha256, isVerified } = await downloadImage(client, { ...options, destination: job.file, overwrite: true })
      return { sha256, isVerified }
    }
    case 'delete':
      return await client.images.delete(job.ref, { signal })
    case 'revoke':
      return await client.images.revoke(job.ref, { signal })
    case 'reinstate':
      return await client.images.reinstate(job.ref, { signal })
    case 'abort':
      return await abortUpload(client, { image: job.ref, signal })
    case 'list': {
      const ids: string[] = []
      for await (const { id } of client.images.list({ pageSize: 5, signal })) ids.push(id)
      return { ids }
    }
    case 'verify':
      throw new Error('the SDK compares no files')
  }
}

/** As the command does it: a finished image of the name makes way, an unfinished one is gone on with if it may be. */
async function clear(client: Client, { name, resume }: { name: string; resume: boolean }, signal: AbortSignal) {
  const image = await client.images.get(name, { signal }).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined
    throw error
  })
  if (!image) return
  const isUnfinished = image.uploadStatus === 'started' || image.uploadStatus === 'uploading'
  if (!isUnfinished || !resume) await client.images.delete(image.id, { signal })
}
