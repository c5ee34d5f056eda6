import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { EdgeVM } from '@edge-runtime/vm'
import { build, type Platform } from 'esbuild'
import { describe, expect, test } from 'vitest'

const entry = fileURLToPath(new URL('../dist/index.js', import.meta.url))
const distDirectory = new URL('../dist/', import.meta.url)

/** Uses each thing that could depend on the platform: randomness, cryptography, text encoding, zod's compiled parsers. */
const scenario = `(async () => {
  const codec = core.createCursorCodec(new Uint8Array(32))
  const id = core.createImageId()
  const decoded = await codec.decode(await codec.encode({ createdAtMs: 5, id }))
  const refused = core.contract.createImage.body.safeParse({ workspace: 5 })
  return JSON.stringify({
    isSameId: decoded.id === id,
    isName: core.isName(core.generateName()),
    limit: core.contract.listImages.query.parse({ limit: '7' }).limit,
    code: core.fieldErrors(refused.error)[0].code,
    parts: core.planParts({ sizeBytes: 2 ** 37 }).partCount,
    openapi: core.createOpenApiDocument({ version: '1' }).openapi,
  })
})()`
const outcome = { isSameId: true, isName: true, limit: 7, code: 'invalid_type', parts: 2048, openapi: '3.1.0' }

async function bundle(platform: Platform) {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    platform,
    mainFields: ['module', 'main'],
    format: 'iife',
    globalName: 'core',
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
  return { code: outputFiles[0]?.text ?? '', inputs: metafile.inputs }
}

test('no built file imports anything but zod and its neighbours', () => {
  const files = readdirSync(distDirectory, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'))
  const specifiers = files.flatMap((file) => {
    const text = readFileSync(new URL(file.replaceAll('\\', '/'), distDirectory), 'utf8')
    return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, specifier]) => specifier ?? '')
  })
  expect(specifiers.length).toBeGreaterThan(20)
  expect(specifiers.filter((specifier) => !/^\.{1,2}\/[\w./-]+\.js$/.test(specifier) && specifier !== 'zod')).toEqual(
    [],
  )
})

describe.each<Platform>(['browser', 'neutral'])('bundled for platform %s', (platform) => {
  test('nothing of Node is in the bundle or left outside of it', async () => {
    const { inputs } = await bundle(platform)
    const external = Object.values(inputs).flatMap(({ imports }) =>
      imports.filter((item) => item.external || /^node:/.test(item.path)),
    )
    expect(external).toEqual([])
  })

  test('it runs with nothing but web globals and without eval', async () => {
    const { code } = await bundle(platform)
    const webGlobals = { crypto, TextEncoder, TextDecoder, URL, atob, btoa }
    const context = createContext(webGlobals, { codeGeneration: { strings: false, wasm: false } })
    runInContext(code, context)
    expect(JSON.parse(await runInContext(scenario, context))).toEqual(outcome)
  })

  test('it runs on an edge runtime', async () => {
    const { code } = await bundle(platform)
    const edge = new EdgeVM()
    edge.evaluate(code)
    expect(JSON.parse(await edge.evaluate(scenario))).toEqual(outcome)
  })
})
