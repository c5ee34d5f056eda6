import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type ByteServer, call } from './byte-server.ts'
import { peakRssOf } from './child-server.ts'
import { freePort } from './free-port.ts'

export interface Ceph extends ByteServer {
  readonly url: string
  readonly bucket: string
  stop(): Promise<void>
}

/** Made up for a server that lives for minutes, on loopback. */
export const cephKeys = { accessKeyId: 'testaccess', secretAccessKey: 'testsecret' }

/** The one that the server's tests start. */
const script = fileURLToPath(new URL('../../../proxy/test/engines/ceph.sh', import.meta.url))
const daemons = ['mon', 'osd', 'rgw']
const bucket = 'bench'

/** A Ceph cluster of one monitor, one in-memory OSD and one S3 gateway, in `folder`. */
export async function startCeph(folder: string): Promise<Ceph> {
  const [s3Port, monPort, monPortV1] = [await freePort(), await freePort(), await freePort()]
  const env = {
    ...process.env,
    ENGINE_DIR: join(folder, 'ceph'),
    S3_PORT: String(s3Port),
    MON_PORT: String(monPort),
    MON_V1_PORT: String(monPortV1),
    AWS_ACCESS_KEY_ID: cephKeys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: cephKeys.secretAccessKey,
  }
  const run = promisify(execFile)
  const stop = async () => void (await run('bash', [script, 'stop'], { env }))
  const url = `http://127.0.0.1:${s3Port}`
  try {
    await run('bash', [script, 'start'], { env })
    // Anyone may write, so that bytes can be sent by the same plain client as to the others.
    await run('rclone', ['mkdir', rcloneRemote(url, { bucket_acl: 'public-read-write' }) + bucket], {
      env: rcloneEnv(),
    })
  } catch (error) {
    await stop()
    throw error
  }
  let uploadCount = 0
  return {
    name: 'Ceph RGW',
    role: 'peer',
    url,
    bucket,
    stop,
    async open(part, partCount) {
      uploadCount++
      const urls = Array.from({ length: partCount }, (_, index) => `${url}/${bucket}/${uploadCount}-${index}`)
      const headers = { 'x-amz-acl': 'public-read' }
      return {
        puts: urls.map((object) => ({ method: 'PUT', url: object, headers, body: part })),
        complete: async () => undefined,
        gets: async () => urls.map((object) => ({ method: 'GET', url: object })),
        remove: async () => void (await Promise.all(urls.map((object) => call('DELETE', object)))),
      }
    },
    async peakRssBytes() {
      const peaks = await Promise.all(
        daemons.map(async (name) => peakRssOf(Number(await readFile(join(env.ENGINE_DIR, `${name}.pid`), 'utf8')))),
      )
      return peaks.reduce((sum, bytes) => sum + bytes, 0)
    },
  }
}

/** @returns `:s3,…:`, to be followed by bucket and key */
export function rcloneRemote(url: string, more: Readonly<Record<string, string>> = {}): string {
  const settings = {
    provider: 'Ceph',
    access_key_id: cephKeys.accessKeyId,
    secret_access_key: cephKeys.secretAccessKey,
    endpoint: `'${url}'`,
    ...more,
  }
  const pairs = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  return `:s3,${pairs.join(',')}:`
}

/** Rclone refuses to start with another's certificate bundle, and warns without a configuration. */
export function rcloneEnv(): NodeJS.ProcessEnv {
  return { ...process.env, AWS_CA_BUNDLE: undefined, RCLONE_CONFIG: '/dev/null' }
}
