import { expect, test } from 'vitest'
import type { Notice } from '@/stores'
import { attention, strips } from './notices'

const notice = (id: string, change: Partial<Notice> = {}): Notice => ({
  id, level: 'warn', at: '2026-03-14T07:00:00Z', until: null, recorder_id: 1, subject: 'Studio 1', message: '', action: null,
  acknowledged: false, ...change,
})
const ids = (list: Notice[]) => list.map(({ id }) => id)

test('what nobody has seen comes first, then the worst, then the newest', () => {
  const list = [
    notice('seen fault', { level: 'fault', acknowledged: true }),
    notice('old warning'),
    notice('new warning', { at: '2026-03-14T08:00:00Z' }),
    notice('fault', { level: 'fault' }),
  ]
  expect(ids(attention(list))).toEqual(['fault', 'new warning', 'old warning', 'seen fault'])
})

test('what is over and was seen is gone; what is over and was not stays', () => {
  const until = '2026-03-14T07:01:00Z'
  expect(ids(attention([notice('seen', { until, acknowledged: true }), notice('unseen', { until })]))).toEqual(['unseen'])
})

test('a restart stands across the page until it was seen', () => {
  const restart = notice('restart', { recorder_id: null, action: 'show_gaps' })
  expect(ids(strips([restart]))).toEqual(['restart'])
  expect(attention([restart])).toEqual([])
  expect(strips([{ ...restart, acknowledged: true }])).toEqual([])
})

test('a damaged database is no news but needs somebody', () => {
  const damaged = notice('damaged', { level: 'fault', recorder_id: null, action: 'restore_backup' })
  expect(ids(attention([damaged]))).toEqual(['damaged'])
  expect(strips([damaged])).toEqual([])
})
