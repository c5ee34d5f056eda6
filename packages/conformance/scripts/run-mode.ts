import { parseArgs } from 'node:util'
import { main } from '../dist/main.js'
import { modes } from './modes/index.ts'

// `pnpm conformance --mode NAME [options of slipway-conformance]`: starts a server of that mode, puts the whole kit to it
// and stops it. Without --mode: the first one.

const { values, tokens } = parseArgs({
  options: { mode: { type: 'string' } },
  strict: false,
  tokens: true,
})
const name = typeof values.mode === 'string' ? values.mode : Object.keys(modes)[0]
const mode = modes[name ?? '']
if (!mode) {
  process.stderr.write(`error: there is no mode ${name}: choose one of ${Object.keys(modes).join(', ')}\n`)
  process.exit(2)
}
process.stderr.write(`mode ${name}: ${mode.summary}\n`)
const taken = new Set(
  tokens.flatMap((token) =>
    token.kind === 'option' && token.name === 'mode'
      ? [token.index, ...(token.inlineValue ? [] : [token.index + 1])]
      : [],
  ),
)
const rest = process.argv.slice(2).filter((word, index) => !taken.has(index) && word !== '--')
const running = await mode.start()
try {
  const safety = rest.some((word) => word.startsWith('--safety')) ? [] : ['--safety', 'destructive']
  process.exitCode = await main([...safety, ...rest], {
    env: {
      SLIPWAY_API_URL: running.url,
      SLIPWAY_TOKEN: running.token,
      SLIPWAY_SECOND_TOKEN: running.secondToken,
      SLIPWAY_READER_TOKEN: running.readerToken,
    },
  })
} finally {
  await running.stop()
}
