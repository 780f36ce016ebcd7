import { expect, test } from 'vitest'
import { makeWorld } from '../../../tests/fake/world'
import type { Recorder } from '@/stores'
import { completeText, elapsedOf, lossFact, nextTry, tileLine } from './facts'

const NOW = Date.parse('2026-03-14T12:00:00Z')
const [plain] = makeWorld({ recorders: 1, now: NOW }).recorders
const none = { today_s: 0, recording_s: 0, growing: false, last: null }
const recorder = (change: Partial<Recorder>): Recorder => ({ ...plain!, loss: none, ...change })

test.each([
  [none, 'recording', { text: 'None today', tone: 'plain' }],
  [{ ...none, today_s: 1.284 }, 'recording', { text: '1.284 s today', tone: 'warn' }],
  [{ ...none, today_s: 0, recording_s: 0.0001 }, 'recording', { text: '0.001 s today', tone: 'warn' }],
  [{ ...none, recording_s: 42, growing: true }, 'error', { text: '42.0 s and growing', tone: 'fault' }],
  [{ ...none, recording_s: 42, growing: true }, 'degraded', { text: '42.0 s and growing', tone: 'warn' }],
] as const)('loss %o while %s', (loss, state, expected) => {
  expect(lossFact(loss, state)).toEqual(expected)
})

test('time runs only while a recording does', () => {
  const since = new Date(NOW - 7_112_000).toISOString()
  expect(elapsedOf(recorder({ since }), 'recording', NOW)).toBe('1:58:32')
  expect(elapsedOf(recorder({ since }), 'error', NOW)).toBe('')
  expect(elapsedOf(recorder({ since: null }), 'recording', NOW)).toBe('')
})

test('the next try is counted down and never negative', () => {
  const at = (ms: number) => nextTry(recorder({ retry_at: new Date(NOW + ms).toISOString() }), 'error', NOW)
  expect(at(7_400)).toBe('Next try in 8 s')
  expect(at(-5_000)).toBe('Trying now')
  expect(nextTry(recorder({ retry_at: null }), 'error', NOW)).toBe('')
})

test.each([
  ['recording', {}, '1:58:32', 'plain'],
  ['degraded', { loss: { ...none, recording_s: 1.284 } }, '1.284 s lost', 'warn'],
  ['degraded', { clock: { level: 'warn', text: 'Free-running' } }, 'Free-running', 'warn'],
  ['error', { retry_at: null, reason: 'The disk refuses.' }, 'The disk refuses.', 'fault'],
  ['stopped', { source: null }, 'No source', 'plain'],
  ['stopped', {}, '', 'plain'],
] as const)('a tile that is %s with %o says %o', (state, change, text, tone) => {
  const one = recorder({ since: new Date(NOW - 7_112_000).toISOString(), ...(change as Partial<Recorder>) })
  expect(tileLine(one, state, NOW)).toEqual({ text, tone })
})

test('any loss keeps completeness under 100 %', () => {
  expect(completeText(1, 0)).toBe('100 %')
  expect(completeText(1, 0.001)).toBe('99.999 %')
  expect(completeText(0.999581, 43.3)).toBe('99.958 %')
})
