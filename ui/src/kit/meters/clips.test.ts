import { expect, test } from 'vitest'
import { ClipLatch, clipLatch } from './clips'

const counts = (...values: number[]) => Float32Array.from(values)

test('a new clip lights until it is cleared', () => {
  const latch = new ClipLatch(2)
  latch.see(counts(0, 0), 10)
  latch.see(counts(0, 1), 20)
  latch.see(counts(0, 1), 30)
  expect([latch.lit(0, 1), latch.lit(1, 2), latch.lit(0, 2)]).toEqual([false, true, true])
  expect(latch.lastAt(0, 2)).toBe(20)
  latch.clear()
  expect(latch.lit(0, 2)).toBe(false)
  latch.see(counts(0, 2), 40)
  expect(latch.lit(1, 2)).toBe(true)
})

test('clips from before this page looked are not news', () => {
  const latch = new ClipLatch(1)
  latch.see(counts(400), 0)
  expect(latch.lit(0, 1)).toBe(false)
})

test('a source connected anew counts from nothing', () => {
  const latch = new ClipLatch(1)
  latch.see(counts(400), 0)
  latch.see(counts(0), 10)
  expect(latch.lit(0, 1)).toBe(false)
  latch.see(counts(1), 20)
  expect(latch.lit(0, 1)).toBe(true)
})

test('all meters of one source share one latch', () => {
  expect(clipLatch('m', 2)).toBe(clipLatch('m', 2))
  expect(clipLatch('m', 2)).not.toBe(clipLatch('n', 2))
})
