import type { ApiError as WireError, Code } from './contract'

/** The service's codes, and `unreachable` where none came. */
export type ErrorCode = Code | 'unreachable'

/** Why a call was not done. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly requestId: string,
    /** Seconds after which it may be tried again, where the service says so. */
    readonly waitS?: number,
  ) {
    super(message)
  }
}

function isWire(value: unknown): value is WireError {
  return (
    typeof value === 'object' && value !== null && 'code' in value && 'message' in value &&
    typeof value.code === 'string' && typeof value.message === 'string'
  )
}

/** Whatever a transport rejected with, as an ApiError. */
export function apiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause
  if (isWire(cause)) return new ApiError(cause.code, cause.message, cause.request_id ?? '')
  return new ApiError('unreachable', cause instanceof Error ? cause.message : String(cause), '')
}
