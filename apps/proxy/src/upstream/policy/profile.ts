import { readFileSync } from 'node:fs'
import { contract, namePattern, type OperationName, parseWorkspaceRef } from '@slipway/core'
import { z } from 'zod'
import { ConfigError } from '../../config-error.ts'
import { parseSizeText } from '../../size-text.ts'

const operationNames = Object.keys(contract) as [OperationName, ...OperationName[]]

const policySchema = z.strictObject({
  operations: z
    .array(z.enum(operationNames, `must be operations of the API: ${operationNames.join(', ')}`))
    .min(1)
    .optional(),
  /** Local names. */
  workspaces: z.array(z.string().regex(namePattern, 'must be workspace names')).min(1).optional(),
  /** Globs over the whole name: `*` stands for any characters, `?` for one. */
  names: z
    .array(z.string().regex(/^[a-zA-Z0-9._?*-]{1,255}$/, 'must be image names with * and ? as wildcards'))
    .min(1)
    .optional(),
  max_size: z.string().transform(parseSizeText).optional(),
})

const profileSchema = z.strictObject({
  workspaces: z
    .record(
      z.string().regex(namePattern, 'must be named by workspace names'),
      z.string().refine(isTarget, targetHint()),
    )
    .optional(),
  tokens: z.record(z.string().min(1), policySchema).default({}),
})

/** What one token may do; what is left out is not limited. */
export type Policy = z.output<typeof policySchema>

export interface Profile {
  /** Local name to upstream name, id or resource path. Undefined: every workspace of the upstream, under its own name. */
  readonly workspaces?: Readonly<Record<string, string>> | undefined
  /** By token id or name; `*` for those that are not listed. */
  readonly tokens: Readonly<Record<string, Policy>>
}

export const openProfile: Profile = { tokens: {} }

/** @throws {ConfigError} naming the file and what is wrong */
export function readProfile(path: string, { bytes }: { bytes: 'direct' | 'relay' }): Profile {
  const parsed = profileSchema.safeParse(parseJson(path))
  if (!parsed.success) {
    const messages = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`)
    throw new ConfigError(`the upstream profile ${path} is not right: ${messages.join('; ')}`)
  }
  const limited = Object.entries(parsed.data.tokens).find(([, policy]) => policy.max_size !== undefined)
  if (limited && bytes === 'direct') {
    throw new ConfigError(
      `the upstream profile ${path} has a max_size for ${limited[0]}, which only relayed bytes can be held to: ` +
        'set --upstream-bytes relay',
    )
  }
  return parsed.data
}

function parseJson(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError(`the upstream profile cannot be read: ${(error as Error).message}`, { cause: error })
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ConfigError(`the upstream profile ${path} is not well-formed JSON: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function isTarget(text: string): boolean {
  if (namePattern.test(text)) return true
  try {
    parseWorkspaceRef(text)
    return true
  } catch {
    // Whatever is wrong with it, the hint says what is right.
    return false
  }
}

function targetHint(): string {
  return 'must be a workspace of the upstream: its name, id (wksp_…) or path (sfc:workspace:<account>:<name>)'
}
