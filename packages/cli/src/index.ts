export { type ExitCode, exitCodes } from './exit-codes.ts'
export type { Host } from './host.ts'
export { main } from './main.ts'
