import { boundHeap } from './bound-heap.ts'
import { runCli } from './cli/run-cli.ts'
import { environment } from './config.ts'

// The data folder holds the keys that sign URLs, and images: nobody else's to read.
process.umask(0o077)
boundHeap()
await runCli({ args: process.argv.slice(2), env: environment() })
