import { effectScope } from 'vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { useLatest } from './latest'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Questions whose answers come when a test says so. */
function made() {
  const waiting = new Map<string, { resolve: (answer: string) => void; reject: (cause: unknown) => void }>()
  const scope = effectScope()
  const latest = scope.run(() =>
    useLatest((question: string) => new Promise<string>((resolve, reject) => waiting.set(question, { resolve, reject })), 250),
  )!
  return { latest, waiting, scope }
}

test('nothing is asked before a pause, and then only the last question', async () => {
  const { latest, waiting } = made()
  latest.want('a')
  await vi.advanceTimersByTimeAsync(249)
  latest.want('ab')
  await vi.advanceTimersByTimeAsync(249)
  expect([...waiting.keys()]).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect([...waiting.keys()]).toEqual(['ab'])
  expect(latest.pending.value).toBe(true)
})

test('an answer that comes after that of a newer question is dropped', async () => {
  const { latest, waiting } = made()
  latest.want('old')
  await vi.advanceTimersByTimeAsync(250)
  latest.want('new')
  await vi.advanceTimersByTimeAsync(250)
  waiting.get('new')!.resolve('answer to new')
  await vi.advanceTimersByTimeAsync(0)
  waiting.get('old')!.resolve('answer to old')
  await vi.advanceTimersByTimeAsync(0)
  expect(latest.answer.value).toBe('answer to new')
  expect(latest.pending.value).toBe(false)
})

test('an old answer that comes while somebody types on is not shown either', async () => {
  const { latest, waiting } = made()
  latest.want('old')
  await vi.advanceTimersByTimeAsync(250)
  latest.want('new')
  waiting.get('old')!.resolve('answer to old')
  await vi.advanceTimersByTimeAsync(0)
  expect(latest.answer.value).toBeUndefined()
  expect(latest.pending.value).toBe(true)
})

test('a failure is told, and gone with the next answer', async () => {
  const { latest, waiting } = made()
  latest.want('a')
  await vi.advanceTimersByTimeAsync(250)
  waiting.get('a')!.reject('why')
  await vi.advanceTimersByTimeAsync(0)
  expect(latest.failure.value).toBe('why')
  latest.want('b')
  await vi.advanceTimersByTimeAsync(250)
  waiting.get('b')!.resolve('answer')
  await vi.advanceTimersByTimeAsync(0)
  expect(latest.failure.value).toBeUndefined()
})

test('nothing is asked after the page has gone', async () => {
  const { latest, waiting, scope } = made()
  latest.want('a')
  scope.stop()
  await vi.advanceTimersByTimeAsync(1000)
  expect([...waiting.keys()]).toEqual([])
})
