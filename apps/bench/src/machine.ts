import { availableParallelism, cpus, release, totalmem, type } from 'node:os'

/** The machine, in a line: what figures mean nothing without. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const memoryGib = Math.round(totalmem() / 2 ** 30)
  return `${availableParallelism()} × ${model}, ${memoryGib} GiB, ${type()} ${release()}, Node ${process.version}`
}
