import type { Client } from '@slipway/sdk'
import type { CommandContext } from '../command.ts'
import { CommandFailure } from '../command-failure.ts'
import { exitCodes } from '../exit-codes.ts'
import { safeText } from '../format/safe-text.ts'
import { clockSkewWarning } from './clock-skew.ts'

/** Longer than a slow server takes; a warning is not worth more. */
const probeTimeoutMs = 3_000

/** May this token upload? @returns warnings @throws {CommandFailure} when the account or its role cannot */
export async function checkServer(
  client: Client,
  { signal, probe, now }: Pick<CommandContext, 'signal' | 'probe' | 'now'>,
): Promise<string[]> {
  const { apiUrl } = client.transport
  const [account, skew] = await Promise.all([
    client.account.get({ signal }),
    probe(apiUrl, AbortSignal.any([signal, AbortSignal.timeout(probeTimeoutMs)])).then(
      (result) => clockSkewWarning(result, now()),
      // Whether the server answers is told by the request beside this one, which is retried.
      () => undefined,
    ),
  ])
  if (account.isFrozen) {
    throw new CommandFailure(`the account ${safeText(account.id)} is frozen: nothing can be uploaded`, {
      exitCode: exitCodes.authentication,
    })
  }
  if (account.role === 'reader') {
    throw new CommandFailure(`the token may only read (its role is reader)`, {
      exitCode: exitCodes.authentication,
      hint: 'use a token of the role uploader or admin; `slipway whoami --verbose` says where this one came from',
    })
  }
  return skew === undefined ? [] : [skew]
}
