import type { OperationName } from '@slipway/core'
import { ApiError } from '../../api-error.ts'
import type { Caller } from '../../auth/authenticate.ts'
import { matchesGlob } from './glob.ts'
import type { Policy, Profile } from './profile.ts'

/** Holds callers to what the profile says of their tokens. Every refusal names the rule. */
export interface PolicyGuard {
  assertOperation(caller: Caller, operation: OperationName): void
  /** @param workspaceName its local name */
  assertWorkspace(caller: Caller, workspaceName: string): void
  assertName(caller: Caller, name: string | undefined): void
  /** Whether lists show it. */
  isVisible(caller: Caller, image: { readonly workspaceName: string; readonly name: string }): boolean
  isWorkspaceVisible(caller: Caller, workspaceName: string): boolean
  /** Most bytes of an image, or undefined. */
  maxSizeBytesOf(caller: Caller): number | undefined
}

const unlimited: Policy = {}
/** What every client asks before it does anything: who it is, and what is served here. */
const alwaysAllowed: ReadonlySet<OperationName> = new Set(['getAccount', 'getCapabilities'])

export function createPolicyGuard({ profile }: { profile: () => Profile }): PolicyGuard {
  const ruleOf = ({ tokenId, tokenName }: Caller) => {
    const { tokens } = profile()
    // Own properties only: a token may be named like a method of every object.
    const key = [tokenId, tokenName, '*'].find((candidate) => Object.hasOwn(tokens, candidate))
    return { key, policy: key === undefined ? unlimited : (tokens[key] ?? unlimited) }
  }
  const refuse = (key: string | undefined, rule: string, message: string) =>
    new ApiError({ code: 'outside_policy', field: `tokens.${key}.${rule}`, message: `${message}: ask the operator` })

  const isNameAllowed = ({ names }: Policy, name: string) =>
    names === undefined || names.some((pattern) => matchesGlob(pattern, name))
  const isWorkspaceAllowed = ({ workspaces }: Policy, name: string) =>
    workspaces === undefined || workspaces.includes(name)

  return {
    assertOperation(caller, operation) {
      const { key, policy } = ruleOf(caller)
      if (policy.operations === undefined || alwaysAllowed.has(operation)) return
      if (policy.operations.includes(operation)) return
      throw refuse(key, 'operations', `the policy of your token does not allow ${operation}`)
    },
    assertWorkspace(caller, workspaceName) {
      const { key, policy } = ruleOf(caller)
      if (isWorkspaceAllowed(policy, workspaceName)) return
      throw refuse(key, 'workspaces', `the policy of your token does not allow the workspace ${workspaceName}`)
    },
    assertName(caller, name) {
      const { key, policy } = ruleOf(caller)
      if (policy.names === undefined) return
      const patterns = policy.names.join(', ')
      if (name === undefined) {
        throw refuse(key, 'names', `the policy of your token wants a name that matches ${patterns}: give one`)
      }
      if (isNameAllowed(policy, name)) return
      throw refuse(key, 'names', `the policy of your token allows only names that match ${patterns}, not ${name}`)
    },
    isVisible(caller, { workspaceName, name }) {
      const { policy } = ruleOf(caller)
      return isWorkspaceAllowed(policy, workspaceName) && isNameAllowed(policy, name)
    },
    isWorkspaceVisible: (caller, workspaceName) => isWorkspaceAllowed(ruleOf(caller).policy, workspaceName),
    maxSizeBytesOf: (caller) => ruleOf(caller).policy.max_size,
  }
}

/** @throws {ApiError} outside_policy */
export function assertSizeAllowed({
  maxSizeBytes,
  sizeBytes,
}: {
  maxSizeBytes: number | undefined
  sizeBytes: number
}) {
  if (maxSizeBytes === undefined || sizeBytes <= maxSizeBytes) return
  throw new ApiError({
    code: 'outside_policy',
    field: 'max_size',
    message: `the policy of the token allows images of ${maxSizeBytes} bytes (max_size), these would be ${sizeBytes}: ask the operator`,
  })
}
