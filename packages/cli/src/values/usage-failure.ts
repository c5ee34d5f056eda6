import { CommandFailure } from '../command-failure.ts'
import { exitCodes } from '../exit-codes.ts'

export function usageFailure(message: string, hint?: string): CommandFailure {
  return new CommandFailure(message, { exitCode: exitCodes.usage, hint })
}
