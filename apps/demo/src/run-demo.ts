import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type ChildProcesses, exitOf } from './child-processes.ts'
import type { SourceFile } from './demo-arguments.ts'
import { DemoFailure } from './demo-failure.ts'
import { makeDiskImage } from './disk-image/make-disk-image.ts'
import { formatSeconds, formatSize } from './figures.ts'
import { fileDigest } from './file-digest.ts'
import { slipway } from './programs.ts'
import { createToken, type ProxyServer, startProxyServer } from './proxy-server.ts'
import { nameFrom, shellWord, tellNext, tellResult } from './story.ts'

export interface RunDemoOptions {
  readonly source: SourceFile | undefined
  /** Everything that the demo writes is below it. */
  readonly directory: string
  readonly children: ChildProcesses
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

export const generatedSizeBytes = 1024 ** 3

/** Up, down, compared. @returns whether the bytes were identical */
export async function runDemo({ source, directory, children, env, signal, say }: RunDemoOptions): Promise<boolean> {
  const { path, sizeBytes } = source ?? (await generate(directory, { signal, say }))
  const name = source ? nameFrom(path) : 'demo'
  const copyPath = join(directory, 'downloaded.img')
  const dataDirectory = join(directory, 'data')
  await mkdir(dataDirectory)
  const childEnv = ownEnvironment(env, directory)

  say(`\n$ slipway-proxy serve --host 127.0.0.1 --port 0 --data ${shellWord(dataDirectory)} &`)
  const proxy = await startProxyServer({ children, dataDirectory, env: childEnv, signal })
  say(`The proxy listens on ${proxy.url}`)
  say(`\n$ slipway-proxy token create --data ${shellWord(dataDirectory)} --name demo --role admin --quiet`)
  const token = await createToken({ children, dataDirectory, env: childEnv })
  signal.throwIfAborted()
  say(`${token.slice(0, 8)}… (the rest is a secret)`)
  say(`\n$ export SLIPWAY_API_URL=${proxy.url} SLIPWAY_TOKEN=${token.slice(0, 8)}…`)

  const cliEnv = { ...childEnv, SLIPWAY_API_URL: proxy.url, SLIPWAY_TOKEN: token }
  const type = (args: readonly string[]) => runSlipway(args, { children, env: cliEnv, signal, say, proxy })
  const uploadMs = await type(['images', 'upload', path, '--name', name])
  await type(['images', 'list'])
  const downloadMs = await type(['images', 'download', name, copyPath])

  say('\nReading both files once more to compare them…')
  const sourceSha256 = await fileDigest(path, signal)
  const downloadSha256 = await fileDigest(copyPath, signal)
  const isGenerated = source === undefined
  const figures = { sizeBytes, uploadMs, downloadMs, sourceSha256, downloadSha256 }
  say(tellResult({ sourcePath: path, isGenerated, ...figures, proxyUrl: proxy.url }).trimEnd())
  const isSame = sourceSha256 === downloadSha256
  if (isSame) say(tellNext({ sourcePath: path, isGenerated }).trimEnd())
  return isSame
}

async function generate(
  directory: string,
  { signal, say }: Pick<RunDemoOptions, 'signal' | 'say'>,
): Promise<SourceFile> {
  const path = join(directory, 'demo.img')
  say(`Making a raw disk image of ${formatSize(generatedSizeBytes)}, partitioned, with text, noise and holes…`)
  const startedAtMs = performance.now()
  await makeDiskImage({ path, sizeBytes: generatedSizeBytes, signal })
  say(`${path}, made in ${formatSeconds(performance.now() - startedAtMs)}`)
  return { path, sizeBytes: generatedSizeBytes }
}

interface TypeOptions extends Pick<RunDemoOptions, 'children' | 'env' | 'signal' | 'say'> {
  readonly proxy: ProxyServer
}

/** Shows a command, runs it on the user's own terminal, and waits. @returns how long it took, in milliseconds */
async function runSlipway(
  args: readonly string[],
  { children, env, signal, say, proxy }: TypeOptions,
): Promise<number> {
  signal.throwIfAborted()
  say(`\n$ slipway ${args.map(shellWord).join(' ')}`)
  const startedAtMs = performance.now()
  const code = await exitOf(children.start(slipway, args, { env, stdio: 'inherit' }))
  signal.throwIfAborted()
  if (code !== 0) {
    throw new DemoFailure(
      `slipway ${args.slice(0, 2).join(' ')} ended with code ${code}; the proxy's last words:\n${proxy.lastWords()}`,
    )
  }
  return performance.now() - startedAtMs
}

/** The user's environment without anything that would point our commands elsewhere than into the demo's folder. */
function ownEnvironment(env: NodeJS.ProcessEnv, directory: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([key]) => !key.startsWith('SLIPWAY_'))
  return {
    ...Object.fromEntries(kept),
    XDG_CONFIG_HOME: join(directory, 'config'),
    XDG_STATE_HOME: join(directory, 'state'),
  }
}
