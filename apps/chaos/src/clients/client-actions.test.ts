import { expect, it } from 'vitest'
import { clientCommand } from './client-actions.ts'

it('has the command list every image, not the newest fifty alone', () => {
  const { args } = clientCommand('command', { kind: 'list' })
  expect(Number(args[args.indexOf('--limit') + 1])).toBeGreaterThan(10_000)
})
