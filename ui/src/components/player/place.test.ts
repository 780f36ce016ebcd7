import { expect, test } from 'vitest'
import type { Playback } from '../../stores'
import { lengthNow, placeNow } from './place'

const playback = (change: Partial<Playback>): Playback => ({
  state: 'playing', listening: null, file_id: 'f', name: 'f', position_s: 10, duration_s: 12, growing: false, volume: 1, output_id: null, message: null, ...change,
})

test.each([
  ['playing moves on', {}, 1500, 11.5],
  ['playing ends with the file', {}, 9000, 12],
  ['a growing file has no end yet', { growing: true }, 9000, 19],
  ['a pause stands', { state: 'paused' }, 9000, 10],
  ['an error stands', { state: 'error' }, 9000, 10],
  ['a clock that went back moves nothing', {}, -50, 10],
] as const)('%s', (_, change, since, at) => expect(placeNow(playback(change), since)).toBe(at))

test('a growing file gets longer while it is looked at', () => {
  expect(lengthNow(playback({ growing: true }), 3000)).toBe(15)
  expect(lengthNow(playback({}), 3000)).toBe(12)
})
