import { expect, test } from 'vitest'
import { makeWorld } from '../../../tests/fake/world'
import { chipOf, countByChip, found, suiting } from './filters'

const [recorder] = makeWorld({ recorders: 1, now: Date.parse('2026-03-14T12:00:00Z') }).recorders

test('every recorder is under exactly one chip', () => {
  const states = ['stopped', 'starting', 'recording', 'degraded', 'stopping', 'error'] as const
  expect(states.map(chipOf)).toEqual(['stopped', 'recording', 'recording', 'degraded', 'stopped', 'error'])
  expect(countByChip(states)).toEqual({ recording: 2, degraded: 1, error: 1, stopped: 2 })
})

test.each([
  ['', true],
  ['studio', true],
  ['STUDIO 1', true],
  ['239.69.1.1', true],
  ['1 studio', true],
  ['programme main', true],
  ['studio newsroom', false],
])('%o is found: %o', (typed, expected) => {
  expect(found(recorder!, typed)).toBe(expected)
})

test.each([
  [0, 'cards'],
  [12, 'cards'],
  [13, 'tiles'],
  [64, 'tiles'],
  [65, 'list'],
])('%i recorders suit %s', (count, expected) => {
  expect(suiting(count)).toBe(expected)
})
