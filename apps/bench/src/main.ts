import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { cliCommand } from './cli-command.ts'
import { scaleCommand } from './scale-command.ts'
import { serverCommand } from './server-command.ts'
import { transferCommand } from './transfer-command.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'size-mib': { type: 'string', default: '1024' },
    runs: { type: 'string', default: '5' },
    'database-url': { type: 'string' },
    folder: { type: 'string', default: existsSync('/dev/shm') ? '/dev/shm' : tmpdir() },
  },
})
const { folder } = values
const runCount = Number(values.runs)
const commands: Readonly<Record<string, () => Promise<void>>> = {
  transfer: () => transferCommand({ sizeMib: Number(values['size-mib']), runCount, folder }),
  cli: () => cliCommand({ runCount }),
  server: () => serverCommand({ runCount, folder }),
  scale: () => scaleCommand({ folder, databaseUrl: values['database-url'] }),
}
const [name = 'transfer'] = positionals
const command = commands[name]
if (command) await command()
else {
  console.error(`bench: ${name} is none of ${Object.keys(commands).join(', ')}`)
  process.exitCode = 2
}
