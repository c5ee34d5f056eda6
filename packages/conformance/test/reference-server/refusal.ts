import { errorTypeOf } from '@slipway/core'
import type { Fault } from '../mutants/mutants.ts'
import type { WireAnswer } from './wire-answer.ts'

export interface Detail {
  readonly field?: string
  readonly code: string
  readonly message: string
}

/** What the server answers instead of what was asked for. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly details: readonly Detail[]

  constructor(status: number, details: readonly Detail[]) {
    super(details.map(({ message }) => message).join('; '))
    this.status = status
    this.details = details
  }
}

export function refuse(status: number, code: string, message: string, field?: string): Refusal {
  return new Refusal(status, [{ ...(field === undefined ? {} : { field }), code, message }])
}

export function toErrorAnswer({ status, details, message }: Refusal, has: (fault: Fault) => boolean): WireAnswer {
  if (has('errors-as-text')) return { status, body: { error: message } }
  const shown = details.map(({ field, ...detail }) => ({
    ...(field === undefined || has('no-field') ? {} : { field }),
    ...detail,
    ...(has('codes-for-people') ? { code: 'That was wrong!' } : {}),
  }))
  return {
    status,
    ...(has('errors-as-plain-text') ? { contentType: 'text/plain' } : {}),
    body: {
      error: {
        type: has('one-error-type') ? 'api_error' : errorTypeOf(status),
        message: has('says-nothing') ? '' : message,
        ...(has('no-details') ? {} : { details: shown }),
      },
    },
  }
}
