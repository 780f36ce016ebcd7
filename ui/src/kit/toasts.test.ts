import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { toast, toasts } from './toasts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('a toast stays for 5 s', () => {
  toast('Marked 07:58:31')
  vi.advanceTimersByTime(4999)
  expect(toasts.map(({ text }) => text)).toEqual(['Marked 07:58:31'])
  vi.advanceTimersByTime(1)
  expect(toasts).toEqual([])
})
