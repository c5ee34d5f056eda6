import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { freePorts } from './free-ports.ts'
import { MissingEngine } from './missing-engine.ts'
import { proxyTestDirectory } from './proxy-tests.ts'

/** A Ceph of one monitor, one OSD that keeps objects in memory, and one S3 gateway. */
export interface Ceph {
  /** Scheme and host of the gateway. */
  readonly url: string
  readonly bucket: string
  readonly keys: Readonly<Record<'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY', string>>
  /** At once, and synchronous: also for the end of the process. */
  stop(): void
}

const programs = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'ceph', 'monmaptool']
const packages = 'ceph-mon ceph-osd radosgw ceph-common'
const bucket = 'chaos'
const script = join(proxyTestDirectory, 'engines', 'ceph.sh')

/** @throws {MissingEngine} where Ceph is not installed */
export function requireCeph(): void {
  const missing = programs.filter((program) => !isOnPath(program))
  if (missing.length === 0) return
  throw new MissingEngine(`${missing.join(', ')} missing: apt-get install --no-install-recommends ${packages}`)
}

/** @param directory everything that it writes is below it */
export async function startCeph(directory: string): Promise<Ceph> {
  const [s3Port, monPort, monV1Port] = await freePorts(3)
  const keys = {
    AWS_ACCESS_KEY_ID: `chaos${randomBytes(6).toString('hex')}`,
    AWS_SECRET_ACCESS_KEY: randomBytes(20).toString('hex'),
  }
  const env = {
    ...{ PATH: process.env.PATH, ...keys },
    ENGINE_DIR: join(directory, 'ceph'),
    S3_PORT: String(s3Port),
    MON_PORT: String(monPort),
    MON_V1_PORT: String(monV1Port),
  }
  const url = `http://127.0.0.1:${s3Port}`
  let isStopped = false
  const stop = () => {
    if (isStopped) return
    isStopped = true
    process.off('exit', stop)
    execFileSync('bash', [script, 'stop'], { env, stdio: 'ignore' })
  }
  // Its daemons would outlive this process. First of all, since the folder that names them goes at the end too.
  process.prependListener('exit', stop)
  try {
    await promisify(execFile)('bash', [script, 'start'], { env })
    await makeBucket(url, keys)
  } catch (error) {
    stop()
    throw error
  }
  return { url, bucket, keys, stop }
}

async function makeBucket(endpoint: string, keys: Ceph['keys']): Promise<void> {
  const credentials = { accessKeyId: keys.AWS_ACCESS_KEY_ID, secretAccessKey: keys.AWS_SECRET_ACCESS_KEY }
  const client = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true })
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
  } finally {
    client.destroy()
  }
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
