import type { Operations } from './contract'
import { ApiError, apiError } from './error'
import type { Transport } from './transport'

export type Request<K extends keyof Operations> = Operations[K]['request']
export type Reply<K extends keyof Operations> = Operations[K]['reply']

export const TIMEOUT_MS = 10_000

/** Calls operations by name, with their types. */
export class Client {
  constructor(private readonly transport: Transport) {}

  /** Rejects with an ApiError only. A call that is given up may still be done by the service. */
  async call<K extends keyof Operations>(operation: K, request: Request<K>, timeoutMs = TIMEOUT_MS): Promise<Reply<K>> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const givenUp = new AbortController()
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new ApiError('timeout', `${operation}: no answer within ${timeoutMs} ms`, ''))
        givenUp.abort()
      }, timeoutMs)
    })
    try {
      return (await Promise.race([this.transport.call(operation, request, givenUp.signal), late])) as Reply<K>
    } catch (cause) {
      throw apiError(cause)
    } finally {
      clearTimeout(timer)
    }
  }
}
