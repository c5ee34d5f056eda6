import type { CommandContext } from '../command.ts'
import { CommandFailure } from '../command-failure.ts'
import { exitCodeOf, type Finding } from '../doctor/check.ts'
import { checkFile } from '../doctor/check-file.ts'
import { checkMachine } from '../doctor/check-machine.ts'
import { checkName } from '../doctor/check-name.ts'
import { checkServer } from '../doctor/check-server.ts'
import { exitCodes } from '../exit-codes.ts'
import { wrapWords } from '../format/definitions.ts'
import { safeText } from '../format/safe-text.ts'

interface DoctorArguments {
  readonly positionals: readonly string[]
  readonly options: {
    readonly name: string | undefined
    readonly workspace: string | undefined
    readonly strict: boolean
    readonly json: boolean
  }
}

export async function run({ positionals: [file], options }: DoctorArguments, context: CommandContext): Promise<void> {
  const { name, workspace, strict, json } = options
  const [ofFile, ofMachine, ofServer] = await Promise.all([
    file === undefined ? [] : checkFile(file),
    checkMachine(context),
    checkServer(context),
  ])
  const canAsk = !ofServer.some(({ status }) => status === 'failed')
  const ofName = name !== undefined && canAsk ? [await checkName({ name, workspace }, context)] : []
  const findings = [...ofFile, ...ofName, ...ofServer, ...ofMachine]
  const width = Math.max(...findings.map(({ check }) => check.length))
  for (const finding of findings) {
    if (json) context.output.json({ ...finding, hint: finding.hint ?? null, exitCode: finding.exitCode ?? null })
    else context.output.data(formatFinding(finding, width, context))
  }
  conclude(findings, strict)
}

const marks = { ok: ['green', 'ok  '], warning: ['yellow', 'warn'], failed: ['red', 'FAIL'] } as const

/** Below this, messages stand below their checks. */
const minMessageWidth = 24

function formatFinding({ check, status, message, hint }: Finding, width: number, { output }: CommandContext): string {
  const [style, mark] = marks[status]
  const { paint, isTerminal, columns } = output.out
  const beside = mark.length + 2 + width + 2
  const isBeside = !isTerminal || columns() - beside >= minMessageWidth
  const indent = ' '.repeat(isBeside ? beside : mark.length + 2)
  const wrapped = (text: string) =>
    (isTerminal ? wrapWords(safeText(text), columns() - indent.length) : [safeText(text)]).map((line) => indent + line)
  const [first = '', ...others] = wrapped(message)
  const head = `${paint(style, mark)}  ${isBeside ? check.padEnd(width) : check}`
  const lines = isBeside ? [`${head}  ${first.slice(beside)}`, ...others] : [head, first, ...others]
  return [...lines, ...(hint === undefined ? [] : wrapped(hint)).map((line) => paint('dim', line))].join('\n')
}

function conclude(findings: readonly Finding[], isStrict: boolean): void {
  const exitCode = exitCodeOf(findings, isStrict)
  if (exitCode === exitCodes.ok) return
  const count = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length
  const failures = count('failed')
  throw new CommandFailure(
    failures > 0
      ? `${failures} of ${findings.length} checks failed`
      : `${count('warning')} of ${findings.length} checks warn, and --strict was given`,
    { exitCode },
  )
}
