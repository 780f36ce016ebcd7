import { expect, test } from 'vitest'
import type { RecorderConfig, Writing } from '@/stores'
import { asFormat, effective, isOwn, sameConfig, withOwn } from './writing'

const station: Writing = {
  outputs: [{ format: 'wav', bits: '24' }], layout: 'custom', custom_format: '%Y/%H', period_s: 3600, clock: 'localtime',
}

test.each<[string, RecorderConfig, Partial<Writing>]>([
  ['nothing', {}, station],
  ['a period of 0', { period_s: 0 }, { period_s: 0, layout: 'custom' }],
  ['a layout', { layout: 'flat' }, { layout: 'flat', custom_format: null }],
  ['outputs', { outputs: [{ format: 'opus' }] }, { outputs: [{ format: 'opus' }], clock: 'localtime' }],
])('with %s set, the rest follows the station', (_, config, expected) => {
  expect(effective(config, station)).toMatchObject(expected)
})

test.each(['outputs', 'layout', 'period_s', 'clock'] as const)('%s begins with what the station has, and can follow again', (part) => {
  const own = withOwn({}, part, true, station)
  expect(isOwn(own, part)).toBe(true)
  expect(effective(own, station)).toEqual(station)
  expect(sameConfig(withOwn(own, part, false, station), {})).toBe(true)
})

test('an output that is changed leaves the station’s alone', () => {
  const own = withOwn({}, 'outputs', true, station)
  own.outputs![0]!.bits = '16'
  expect(station.outputs[0]!.bits).toBe('24')
})

test('null, absent and a format that is not used are no change', () => {
  expect(sameConfig({ layout: 'flat', custom_format: '%Y' }, { layout: 'flat', outputs: null })).toBe(true)
  expect(sameConfig({ period_s: 0 }, {})).toBe(false)
})

test.each(['wav', 'flac', 'opus', 'mp3'] as const)('%s begins with settings that it has', (format) => {
  const output = asFormat(format)
  const lossless = format === 'wav' || format === 'flac'
  expect([output.bits !== undefined, output.bitrate !== undefined]).toEqual([lossless, !lossless])
})
