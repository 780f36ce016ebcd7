import { expect, test } from 'vitest'
import { counted, counterNames, counterWord } from './counters'
import { outputWord, periodWord } from './words'

test.each([
  [0, 'Never: one file for a whole recording'],
  [1, 'Every second'],
  [90, 'Every 90 seconds'],
  [60, 'Every minute'],
  [900, 'Every 15 minutes'],
  [3600, 'Every hour'],
  [86_400, 'Every day'],
])('a period of %i s', (seconds, expected) => {
  expect(periodWord(seconds)).toBe(expected)
})

test.each([
  [{ format: 'wav', bits: '32f' }, 'WAV 32-bit float'],
  [{ format: 'flac' }, 'FLAC 24-bit'],
  [{ format: 'opus' }, 'Opus 128 kb/s'],
  [{ format: 'mp3' }, 'MP3 192 kb/s'],
] as const)('%o', (output, expected) => {
  expect(outputWord(output)).toBe(expected)
})

test('a counter that nobody has words for is shown by its name', () => {
  expect(counterWord('kernel_dropped')).toBe('Dropped by the system')
  expect(counterWord('brand_new')).toBe('brand new')
})

test('counters of two legs are one list; numbers are grouped', () => {
  expect(counterNames([[{ name: 'received' }, { name: 'lost' }], [{ name: 'received' }, { name: 'late' }]])).toEqual(['received', 'lost', 'late'])
  expect(counted(1_234_567)).toBe('1\u202f234\u202f567')
})
