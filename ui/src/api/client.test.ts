import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Client } from './client'
import { ApiError } from './error'
import type { Transport } from './transport'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function client(call: Transport['call']): Client {
  return new Client({ call, onEvent: async () => () => undefined, levels: async () => () => undefined })
}

const failure = async (doing: Promise<unknown>) => {
  const cause = await doing.catch((error: unknown) => error)
  expect(cause).toBeInstanceOf(ApiError)
  const { code, message, requestId } = cause as ApiError
  return { code, message, requestId }
}

test('a call carries its name and request, and gives the reply', async () => {
  const call = vi.fn(async () => ({ message: 'Recording started', recorder_id: 3 }))
  expect(await client(call).call('start_recorder', { id: 3 })).toEqual({ message: 'Recording started', recorder_id: 3 })
  expect(call).toHaveBeenCalledExactlyOnceWith('start_recorder', { id: 3 }, expect.any(AbortSignal))
  // Nothing is left that would wait for a late answer.
  expect(vi.getTimerCount()).toBe(0)
})

test('a refusal keeps its code and its request', async () => {
  const refused = client(() => Promise.reject({ code: 'conflict', message: 'recorder 3 records', request_id: 'r-1' }))
  expect(await failure(refused.call('delete_recorder', { id: 3 }))).toEqual({ code: 'conflict', message: 'recorder 3 records', requestId: 'r-1' })
})

test.each([[new Error('no such window'), 'no such window'], ['gone', 'gone']])('without an answer it is unreachable: %s', async (cause, message) => {
  expect(await failure(client(() => Promise.reject(cause)).call('status', {}))).toEqual({ code: 'unreachable', message, requestId: '' })
})

test('a call without an answer is given up', async () => {
  const late = failure(client(() => new Promise(() => undefined)).call('status', {}, 3000))
  await vi.advanceTimersByTimeAsync(3000)
  expect((await late).code).toBe('timeout')
})
