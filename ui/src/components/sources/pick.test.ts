import { expect, test } from 'vitest'
import { allOf, bytesADay, isAll, move, resized, touch } from './pick'

test('the order of touch is the order of recording', () => {
  const pick = [9, 1, 10].reduce<number[]>((so, channel) => touch(so, channel, 64, false), [])
  expect(pick).toEqual([9, 1, 10])
  expect(touch(pick, 1, 64, false)).toEqual([9, 10])
})

test.each([
  [[], 3, [3, 4]],
  [[], 4, [3, 4]],
  [[4], 3, [4, 3]],
  [[3, 4], 4, []],
  // The last channel of an odd stream has no neighbour.
  [[], 5, [5]],
])('with pairs, from %o a touch on %i gives %o', (pick, channel, expected) => {
  expect(touch(pick, channel, 5, true)).toEqual(expected)
})

test.each([
  [2, -1, [2, 1, 3]],
  [2, 1, [1, 3, 2]],
  [1, -1, [1, 2, 3]],
  [3, 1, [1, 2, 3]],
  [7, 1, [1, 2, 3]],
] as const)('channel %i moved by %i', (channel, by, expected) => {
  expect(move([1, 2, 3], channel, by)).toEqual(expected)
})

test('who had all channels keeps all when their number changes; who chose keeps the choice', () => {
  expect(resized(allOf(2), 2, 4)).toEqual([1, 2, 3, 4])
  expect(resized([4, 2], 4, 3)).toEqual([2])
})

test('all in another order is not all', () => {
  expect(isAll([1, 2], 2)).toBe(true)
  expect(isAll([2, 1], 2)).toBe(false)
})

test('four channels at 48 kHz are 49.8 GB a day', () => {
  expect(bytesADay(4, 48_000)).toBe(49_766_400_000)
})
