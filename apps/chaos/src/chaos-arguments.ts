import { parseArgs } from 'node:util'
import { type FaultKind, faultKinds } from './plan/plan.ts'
import { modes } from './system/modes.ts'

export class UsageFailure extends Error {
  override readonly name = 'UsageFailure'
}

export interface ChaosArguments {
  readonly durationMs: number
  /** 0 to 2^32 - 1; undefined: one is drawn. */
  readonly seed: number | undefined
  readonly mode: string
  readonly only: readonly FaultKind[] | undefined
  readonly clientCount: number
  readonly maxSizeMib: number
  readonly pace: number
  readonly keepsEvidence: boolean
}

export const helpText = `Drives real clients against a real server while network, processes and disk misbehave, and checks every promise.

Usage: npx -y pnpm@12 chaos [options]

  --minutes N     how long faults happen (default 1); settling comes on top
  --seed S        replays the plan of an earlier run, 0 to 4294967295 (default: one is drawn and printed)
  --mode MODE     ${Object.keys(modes).join(', ')} (default local)
  --only KINDS    only these faults, separated by commas:
                  ${wrap([...faultKinds]).join('\n                  ')}
  --clients N     clients at once, 1 to 16 (default 4)
  --max-size MIB  the largest image, 1 to 1024 (default 60)
  --pace N        how much faster than usual faults follow each other, 0.1 to 20 (default 1)
  --keep          keep the evidence of a run without violations as well

Prints a summary on stderr and one line of JSON on stdout. Exit codes: 0 every promise was kept, 1 one
was not, or there could be no run, 2 usage.
`

/** @throws {UsageFailure} in one line */
export function readChaosArguments(argv: readonly string[]): ChaosArguments | 'help' {
  const values = parse(argv)
  if (values.help) return 'help'
  const { mode } = values
  if (!(mode in modes)) throw new UsageFailure(`--mode ${mode} is none of ${Object.keys(modes).join(', ')}`)
  return {
    durationMs: Math.round(numberIn('--minutes', values.minutes, { min: 0.01, max: 10_000 }) * 60_000),
    seed: values.seed === undefined ? undefined : integerIn('--seed', values.seed, { min: 0, max: 2 ** 32 - 1 }),
    mode,
    only: values.only === undefined ? undefined : parseKinds(values.only),
    clientCount: integerIn('--clients', values.clients, { min: 1, max: 16 }),
    maxSizeMib: integerIn('--max-size', values['max-size'], { min: 1, max: 1024 }),
    pace: numberIn('--pace', values.pace, { min: 0.1, max: 20 }),
    keepsEvidence: values.keep,
  }
}

function parse(argv: readonly string[]) {
  try {
    const options = {
      minutes: { type: 'string', default: '1' },
      seed: { type: 'string' },
      mode: { type: 'string', default: 'local' },
      only: { type: 'string' },
      clients: { type: 'string', default: '4' },
      'max-size': { type: 'string', default: '60' },
      pace: { type: 'string', default: '1' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    } as const
    // pnpm passes a `--` on as it is.
    return parseArgs({ args: argv.filter((word) => word !== '--'), options }).values
  } catch (error) {
    throw new UsageFailure((error as Error).message.split('. ', 1)[0] ?? '')
  }
}

interface Bounds {
  readonly min: number
  readonly max: number
}

function numberIn(name: string, text: string, { min, max }: Bounds): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= min && value <= max) return value
  throw new UsageFailure(`${name} ${text} is not a number from ${min} to ${max}`)
}

function integerIn(name: string, text: string, bounds: Bounds): number {
  const value = numberIn(name, text, bounds)
  if (Number.isInteger(value)) return value
  throw new UsageFailure(`${name} ${text} is not a whole number`)
}

function parseKinds(text: string): readonly FaultKind[] {
  return text.split(',').map((word) => {
    const kind = faultKinds.find((known) => known === word.trim())
    if (kind === undefined) throw new UsageFailure(`--only ${word.trim()} is none of ${faultKinds.join(', ')}`)
    return kind
  })
}

function wrap(words: readonly string[]): string[] {
  const lines: string[] = []
  for (let at = 0; at < words.length; at += 6) lines.push(words.slice(at, at + 6).join(', '))
  return lines
}
