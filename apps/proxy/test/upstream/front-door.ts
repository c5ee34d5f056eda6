import type { ServeConfig } from '../../src/config-schema.ts'
import { type Answer, startTestServer, type TestServer } from '../test-server.ts'
import { type PublicApiDouble, startPublicApiDouble } from './public-api-double.ts'

export interface FrontDoor {
  readonly upstream: PublicApiDouble
  readonly server: TestServer
  /** The code, or the words, of a refusal. */
  stop(): Promise<void>
}

/** A proxy in front of the strict double of the public API. */
export async function startFrontDoor(config: Partial<ServeConfig> = {}): Promise<FrontDoor> {
  const upstream = await startPublicApiDouble()
  const server = await startTestServer({
    config: {
      upstreamUrl: upstream.url,
      upstreamToken: upstream.token,
      upstreamBytes: 'relay',
      upstreamStorageHosts: ['127.0.0.1'],
      upstreamAllowPrivate: true,
      upstreamTimeoutMs: 2000,
      ...config,
    },
  })
  return {
    upstream,
    server,
    async stop() {
      const log = server.logText()
      await server.stop()
      await upstream.stop()
      if (log.includes(upstream.token) || /X-Amz-Signature=/i.test(log)) {
        throw new Error("the upstream's token or a signature was logged")
      }
    },
  }
}

export function outcome({ status, body }: Answer): string {
  return `${status} ${body?.error?.details?.[0]?.code ?? ''}`.trim()
}

export async function codeOf(response: Response): Promise<string> {
  const { error } = (await response.json()) as { error: { details: { code: string }[] } }
  return `${response.status} ${error.details[0]?.code}`
}
