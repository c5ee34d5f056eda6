import { basename } from 'node:path'
import { build, type Plugin } from 'esbuild'

/** A fixed base for `new URL('./x.js', import.meta.url)`: in one file there is no folder to look into. */
const moduleUrl = 'file:///slipway/main.js'

/** The oldest Node that it runs on is the one it is built into. */
const target = 'node24'

export interface BundleOptions {
  /** The compiled entry: dist/run.js. */
  readonly entryPath: string
  /** Compiled files that run as worker threads. */
  readonly workerPaths: readonly string[]
  readonly version: string
  readonly outPath: string
}

/** Makes one CommonJS file of the command and all that it needs; code that is imported lazily still runs lazily. */
export async function bundle({ entryPath, workerPaths, version, outPath }: BundleOptions): Promise<void> {
  const workers = await Promise.all(
    workerPaths.map(async (path) => [basename(path), await bundleWorker(path)] as const),
  )
  await build({
    stdin: { contents: runEntry, resolveDir: '.', loader: 'js' },
    alias: { 'slipway:entry': entryPath },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target,
    minify: true,
    keepNames: true,
    legalComments: 'eof',
    define: { 'import.meta.url': JSON.stringify(moduleUrl) },
    plugins: [embedVersion(version), embedWorkers(Object.fromEntries(workers))],
    outfile: outPath,
    logLevel: 'warning',
  })
}

/** What bin/slipway.js does, but for the check of Node's version: it is inside. */
const runEntry = `require('slipway:entry').run()`

async function bundleWorker(path: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target,
    minify: true,
    write: false,
  })
  const [file] = outputFiles
  if (!file) throw new Error(`nothing came of ${path}`)
  return file.text
}

/** There is no package.json beside the binary to read it from. */
function embedVersion(version: string): Plugin {
  return {
    name: 'embed-version',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]cli[\\/]dist[\\/]package-version\.js$/ }, () => ({
        contents: `export const packageVersion = ${JSON.stringify(version)}`,
        loader: 'js',
      }))
    },
  }
}

/**
 * Worker threads are started by the URL of a file, which one file cannot offer: `Worker` gets the source that the URL's
 * last segment names. A worker that was not embedded is an error that says so, at the first test of the binary.
 */
function embedWorkers(sources: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'embed-workers',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^node:worker_threads$/ }, ({ namespace }) =>
        namespace === 'embedded-workers'
          ? { path: 'node:worker_threads', external: true }
          : { path: 'workers', namespace: 'embedded-workers' },
      )
      onLoad({ filter: /.*/, namespace: 'embedded-workers' }, () => ({
        contents: `
          const threads = require('node:worker_threads')
          const sources = ${JSON.stringify(sources)}
          class EmbeddedWorker extends threads.Worker {
            constructor(url, options) {
              const name = new URL(url).pathname.split('/').pop()
              if (sources[name] === undefined) throw new Error('the worker ' + name + ' is not part of this binary')
              super(sources[name], { ...options, eval: true })
            }
          }
          module.exports = { ...threads, Worker: EmbeddedWorker }
        `,
        loader: 'js',
      }))
    },
  }
}
