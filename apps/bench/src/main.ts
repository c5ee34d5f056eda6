import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { cliCommand } from './cli-command.ts'
import { herdCommand } from './herd-command.ts'
import { relayCommand } from './relay-command.ts'
import { serverCommand } from './server-command.ts'
import { transferCommand } from './transfer-command.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'size-mib': { type: 'string', default: '1024' },
    readers: { type: 'string', default: '50' },
    runs: { type: 'string', default: '5' },
    folder: { type: 'string', default: existsSync('/dev/shm') ? '/dev/shm' : tmpdir() },
  },
})
const { folder } = values
const runCount = Number(values.runs)
const commands: Readonly<Record<string, () => Promise<void>>> = {
  transfer: () => transferCommand({ sizeMib: Number(values['size-mib']), runCount, folder }),
  cli: () => cliCommand({ runCount }),
  relay: () => relayCommand({ runCount, folder }),
  herd: () => herdCommand({ sizeMib: Number(values['size-mib']), readerCount: Number(values.readers), folder }),
  server: () => serverCommand({ runCount, folder }),
}
const [name = 'transfer'] = positionals
const command = commands[name]
if (command) await command()
else {
  console.error(`bench: ${name} is none of ${Object.keys(commands).join(', ')}`)
  process.exitCode = 2
}
