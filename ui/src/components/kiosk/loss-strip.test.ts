import { expect, test } from 'vitest'
import type { Gap } from '../../stores'
import { marks } from './loss-strip'

const NOW = 1_000_000_000_000
const gap = (ago_s: number, length_s: number): Gap => ({
  at: new Date(NOW - ago_s * 1000).toISOString(), length_s, samples: 0, cause: 'loss', file: null,
})

test('only the last minute is shown, oldest first', () => {
  const shown = marks([gap(30, 3), gap(90, 5), gap(45, 6)], NOW)
  expect(shown.map(({ from, width }) => [from.toFixed(3), width.toFixed(3)])).toEqual([
    ['0.250', '0.100'],
    ['0.500', '0.050'],
  ])
})

test('a gap that reaches into the minute is cut at its edge', () => {
  expect(marks([gap(63, 6)], NOW)).toEqual([{ from: 0, width: 0.05 }])
})

test('a lost packet is wide enough to be seen, and stays on the strip', () => {
  const [mark] = marks([gap(0.05, 0.001)], NOW)
  expect(mark!.width).toBe(0.009)
  expect(mark!.from + mark!.width).toBeLessThanOrEqual(1)
})
