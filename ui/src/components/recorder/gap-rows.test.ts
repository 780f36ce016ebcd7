import { expect, test } from 'vitest'
import type { Gap } from '@/stores'
import { gapRows } from './gap-rows'

const gap = (at: string, length_s = 0.5): Gap => ({ at, length_s, samples: length_s * 48_000, cause: 'loss', file: null })
const heads = (gaps: Gap[], zone = 'Europe/Zurich') =>
  gapRows(gaps, zone).flatMap((row) => (row.is === 'hour' ? [[row.gaps, row.missingS]] : []))

test('gaps stand under the civil hour in which they began', () => {
  const rows = gapRows([gap('2026-03-14T07:59:00Z'), gap('2026-03-14T07:01:00Z'), gap('2026-03-14T06:59:59.999Z')], 'Europe/Zurich')
  expect(rows.map(({ is }) => is)).toEqual(['hour', 'gap', 'gap', 'hour', 'gap'])
})

test('an hour counts its gaps and what they miss', () => {
  expect(heads([gap('2026-03-14T07:59:00Z', 1), gap('2026-03-14T07:01:00Z', 0.25)])).toEqual([[2, 1.25]])
})

test('the hour that comes twice has two heads', () => {
  expect(heads([gap('2026-10-25T01:30:00Z'), gap('2026-10-25T00:30:00Z')])).toHaveLength(2)
})

test('hours are the zone’s, also where it is half an hour off', () => {
  expect(heads([gap('2026-03-14T07:40:00Z'), gap('2026-03-14T07:20:00Z')], 'Asia/Kolkata')).toHaveLength(2)
  expect(heads([gap('2026-03-14T08:20:00Z'), gap('2026-03-14T07:40:00Z')], 'Asia/Kolkata')).toHaveLength(1)
})

test('every row has its own key', () => {
  const rows = gapRows([gap('2026-03-14T07:01:00Z'), gap('2026-03-14T07:01:00Z')], 'UTC')
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length)
})
