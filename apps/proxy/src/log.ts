import { type DestinationStream, destination, type Logger, pino } from 'pino'
import type { ServeConfig } from './config-schema.ts'

/** JSON lines, to stderr unless told otherwise: stdout belongs to what people read. */
export function createLog({
  level,
  stream = destination(2),
}: {
  level: ServeConfig['logLevel']
  stream?: DestinationStream
}): Logger {
  return pino({ level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, stream)
}
