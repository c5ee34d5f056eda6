import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'postject'
import { bundle } from './bundle.ts'

/**
 * Builds `slipway` as one file for the platform it runs on: the bundle inside a copy of the Node that runs this.
 * Usage: node scripts/build-binary.ts [FOLDER]   (default: binary)
 */
const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const outFolder = join(packageFolder, process.argv[2] ?? 'binary')
const isWindows = process.platform === 'win32'
const isMac = process.platform === 'darwin'

/** Written in Node's binary; it finds the bundle by the flip of its last digit. Source: Node's documentation of SEA. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string }
const sdkFolder = dirname(createRequire(join(packageFolder, 'package.json')).resolve('@slipway/sdk/package.json'))

await mkdir(outFolder, { recursive: true })
const bundlePath = join(outFolder, 'slipway.cjs')
await bundle({
  entryPath: join(packageFolder, 'dist', 'run.js'),
  workerPaths: [join(sdkFolder, 'dist', 'digest', 'hash-worker.js')],
  version,
  outPath: bundlePath,
})

const blobPath = join(outFolder, 'slipway.blob')
const seaConfigPath = join(outFolder, 'sea.json')
// The code cache is what makes it start fast; it is only valid for the very Node that makes it, which is the one it is in.
const seaConfig = { main: bundlePath, output: blobPath, disableExperimentalSEAWarning: true, useCodeCache: true }
await writeFile(seaConfigPath, JSON.stringify(seaConfig))
execFileSync(process.execPath, ['--experimental-sea-config', seaConfigPath], { stdio: ['ignore', 'ignore', 'inherit'] })

const name = `slipway-${isMac ? 'macos' : isWindows ? 'windows' : process.platform}-${process.arch}${isWindows ? '.exe' : ''}`
const binaryPath = join(outFolder, name)
await rm(binaryPath, { force: true })
await copyFile(process.execPath, binaryPath)
await chmod(binaryPath, 0o755)
// Symbols are for debuggers. macOS keeps its signature valid only without such changes, and is signed anew below.
if (process.platform === 'linux') tryRun('strip', ['--strip-all', binaryPath])
if (isMac) execFileSync('codesign', ['--remove-signature', binaryPath])
await inject(binaryPath, 'NODE_SEA_BLOB', await readFile(blobPath), {
  sentinelFuse: fuse,
  ...(isMac && { machoSegmentName: 'NODE_SEA' }),
})
if (isMac) execFileSync('codesign', ['--sign', '-', binaryPath])

const sha256 = createHash('sha256')
  .update(await readFile(binaryPath))
  .digest('hex')
await writeFile(`${binaryPath}.sha256`, `${sha256}  ${name}\n`)
for (const path of [bundlePath, blobPath, seaConfigPath]) await rm(path)
const { size } = await stat(binaryPath)
process.stdout.write(`${binaryPath}\n${(size / 2 ** 20).toFixed(1)} MiB, sha256 ${sha256}\n`)

/** A smaller file is welcome, not needed: not every machine has the tool. */
function tryRun(program: string, args: readonly string[]): void {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
  } catch (error) {
    process.stderr.write(`${program} was left out: ${(error as NodeJS.ErrnoException).code}\n`)
  }
}
