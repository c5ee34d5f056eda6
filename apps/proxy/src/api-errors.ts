import { type ErrorCode, fieldErrors, type Role } from '@slipway/core'
import type { z } from 'zod'
import { ApiError } from './api-error.ts'

export function invalidRequest(error: z.ZodError): ApiError {
  const details = fieldErrors(error)
  const [first] = details
  return new ApiError({
    code: (first?.code ?? 'invalid_format') as ErrorCode,
    message: details.map(({ message }) => message).join('; '),
    details,
  })
}

export function invalidField(field: string, message: string, code: ErrorCode = 'invalid_format'): ApiError {
  return new ApiError({ code, field, message })
}

export function imageNotFound(): ApiError {
  return new ApiError({
    code: 'image_not_found',
    field: 'id',
    message: 'there is no such image in this account: check the id, path or name',
  })
}

export function workspaceNotFound(): ApiError {
  return new ApiError({
    code: 'workspace_not_found',
    field: 'workspace',
    message: 'there is no such workspace in this account: check the id or path',
  })
}

export function nameTaken(name: string, what: 'image' | 'workspace'): ApiError {
  const where = what === 'image' ? 'the workspace has' : 'the account has'
  return new ApiError({
    code: 'name_taken',
    field: 'name',
    message: `${where} another ${what} named ${name}: choose another name`,
  })
}

export function insufficientRole({ needed, held }: { needed: Role; held: Role }): ApiError {
  return new ApiError({
    code: 'insufficient_role',
    message: `this needs a token with the role ${needed}, yours is a ${held}: ask for one that has it`,
  })
}

export function notUploadable(status: string): ApiError {
  return new ApiError({
    code: 'not_uploadable',
    message: `the image is ${status}, its bytes can no longer change: create a new image`,
  })
}

export function bodyTooLarge({ limitBytes, what }: { limitBytes: number; what: string }): ApiError {
  return new ApiError({
    code: 'body_too_large',
    message: `${what} can have at most ${limitBytes} bytes: send less`,
    headers: { connection: 'close' },
  })
}

export function changedMeanwhile(): ApiError {
  return new ApiError({
    code: 'changed_meanwhile',
    message: 'the image kept changing while this request ran: try again when no parts are being sent',
  })
}

export function storageUnavailable(cause: unknown): ApiError {
  return new ApiError({
    code: 'storage_unavailable',
    message: 'the storage cannot be used at the moment: try again later',
    headers: { 'retry-after': '5' },
    cause,
  })
}

export function storageFull(cause: unknown): ApiError {
  return new ApiError({
    code: 'storage_full',
    message: 'the storage is full: try again when the operator has made room',
    headers: { 'retry-after': '60' },
    cause,
  })
}

export function internalError({ requestId, cause }: { requestId: string; cause: unknown }): ApiError {
  return new ApiError({
    code: 'internal_error',
    message: `the server failed to answer: try again, and give the operator the request id ${requestId} if it goes on`,
    cause,
  })
}
