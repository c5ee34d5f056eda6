import { spawnSync } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Runs the service suite on a real S3 engine that is started for it: `node run-engines.ts ceph|swift [vitest's arguments]`.

interface Engine {
  /** What must be on the path. */
  readonly programs: readonly string[]
  readonly packages: string
  readonly credentials: Readonly<Record<'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY', string>>
  /** Variables of its script that name ports. */
  readonly ports: readonly string[]
}

const engines: Readonly<Record<string, Engine>> = {
  ceph: {
    programs: ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'ceph', 'monmaptool'],
    packages: 'ceph-mon ceph-osd radosgw ceph-common',
    credentials: { AWS_ACCESS_KEY_ID: 'testaccess', AWS_SECRET_ACCESS_KEY: 'testsecret' },
    ports: ['S3_PORT', 'MON_PORT', 'MON_V1_PORT'],
  },
  swift: {
    programs: ['swift-proxy-server', 'swift-object-server', 'swift-ring-builder', 'memcached'],
    packages: 'swift-proxy swift-account swift-container swift-object memcached',
    credentials: { AWS_ACCESS_KEY_ID: 'test:tester', AWS_SECRET_ACCESS_KEY: 'testing' },
    // Three rings on consecutive ports.
    ports: ['S3_PORT', 'CACHE_PORT', 'RING_PORT'],
  },
}

const [name = '', ...vitestArguments] = process.argv.slice(2)
const engine = engines[name]
if (!engine) {
  console.error(`usage: run-engines.ts ${Object.keys(engines).join('|')} [arguments of vitest]`)
  process.exit(2)
}
const missing = engine.programs.filter((program) => spawnSync('which', [program]).status !== 0)
if (missing.length > 0) {
  console.error(`${missing.join(', ')} missing: apt-get install --no-install-recommends ${engine.packages}`)
  process.exit(1)
}

const packageDirectory = fileURLToPath(new URL('../..', import.meta.url))
const script = fileURLToPath(new URL(`${name}.sh`, import.meta.url))
const ports = await freePorts(engine.ports)
const env = {
  ...process.env,
  ...engine.credentials,
  ...ports,
  ENGINE_DIR: await mkdtemp(join(tmpdir(), `slipway-${name}-`)),
  SLIPWAY_TEST_STORAGE: 's3',
  SLIPWAY_TEST_S3_ENGINE: name,
  SLIPWAY_TEST_S3_ENDPOINT: `http://127.0.0.1:${ports.S3_PORT}`,
}
// An interrupted run must not leave the engine behind: the signal reaches the suite too, and ends it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)

let status = spawnSync(script, ['start'], { env, stdio: 'inherit' }).status
if (status === 0) {
  console.log(`the service suite on ${name}, ${env.SLIPWAY_TEST_S3_ENDPOINT}:`)
  const options = { cwd: packageDirectory, env, stdio: 'inherit' } as const
  status = spawnSync('vitest', ['run', ...vitestArguments], options).status
}
spawnSync(script, ['stop'], { env, stdio: 'inherit' })
process.exitCode = status ?? 1

/** Below the range that the kernel gives to clients, where a port that is free now may be taken in a moment. */
async function freePorts(names: readonly string[]): Promise<Record<string, string>> {
  const firstPort = 12_000
  const spacing = 10
  const found: Record<string, string> = {}
  for (
    let port = firstPort + spacing * (process.pid % 1000);
    Object.keys(found).length < names.length;
    port += spacing
  ) {
    const isFree = (await Promise.all([port, port + 1, port + 2].map(canListen))).every(Boolean)
    const name = names[Object.keys(found).length]
    if (isFree && name !== undefined) found[name] = String(port)
  }
  return found
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
