import type { CommandContext } from '../command.ts'
import { type Config, requireToken } from '../config.ts'
import { safeText } from '../format/safe-text.ts'
import { clockSkewWarning } from '../preflight/clock-skew.ts'
import { type Finding, failed, ok, warning } from './check.ts'
import { reasonOf } from './reason.ts'

const probeTimeoutMs = 10_000
/** One retry: who asks what is wrong does not want to wait for a minute of them. */
const maxAttempts = 2

/** Is the server there, is its clock ours, and what may the token do? */
export async function checkServer(context: CommandContext): Promise<Finding[]> {
  let config: Config
  try {
    config = await context.loadConfig()
  } catch (error) {
    return [failed('configuration', error)]
  }
  const { apiUrl, token, profile } = config
  const configuration = [ok('configuration', `profile ${profile}; ${apiUrl.value} (from ${apiUrl.source})`)]
  if (token) configuration.push(ok('token source', token.source))
  if (config.warning !== undefined) configuration.push(warning('configuration', config.warning))
  const [reached, account] = await Promise.all([
    reach(apiUrl.value, context),
    checkAccount(config, context).catch((error: unknown) => [failed('token', error)]),
  ])
  return [...configuration, ...reached, ...account]
}

async function reach(apiUrl: string, { signal, probe, now }: CommandContext): Promise<Finding[]> {
  try {
    const result = await probe(apiUrl, AbortSignal.any([signal, AbortSignal.timeout(probeTimeoutMs)]))
    const skew = clockSkewWarning(result, now())
    const clock =
      result.serverTimeMs === undefined ? 'the server does not say what time it has' : "the same as the server's"
    const trip = `answers in ${Math.round(result.roundTripMs)} ms`
    return [ok('server', trip), skew === undefined ? ok('clock', clock) : warning('clock', skew)]
  } catch (error) {
    return [
      {
        check: 'server',
        status: 'failed',
        message: `${apiUrl} does not answer: ${reasonOf(error)}`,
        hint: 'check the connection and the API URL',
        exitCode: 6,
      },
    ]
  }
}

async function checkAccount(config: Config, { connect, signal }: CommandContext): Promise<Finding[]> {
  const { client } = await connect({ apiUrl: config.apiUrl.value, token: requireToken(config), maxAttempts })
  const [account, capabilities] = await Promise.all([
    client.account.get({ signal }),
    client.getCapabilities({ signal }),
  ])
  const findings = [ok('token', `account ${safeText(account.id)}, role ${safeText(account.role)}`)]
  if (account.role === 'reader') findings.push(warning('token', 'its role is reader: it cannot upload'))
  if (account.isFrozen) findings.push(warning('account', 'it is frozen: nothing can be uploaded'))
  findings.push(
    capabilities
      ? ok(
          'software',
          `${safeText(capabilities.server)}${capabilities.hasPartList ? ', uploads can be gone on with from anywhere' : ''}`,
        )
      : ok('software', 'the plain API: uploads can be gone on with from this machine'),
  )
  return findings
}
