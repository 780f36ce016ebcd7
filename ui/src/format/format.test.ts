import { describe, expect, test } from 'vitest'
import * as f from '.'

const DAY = 86_400_000
const ZURICH = 'Europe/Zurich'
const at = (text: string) => Date.parse(text)

/** Each row: what was given, what is written. */
function table<A extends unknown[]>(name: string, write: (...given: A) => unknown, rows: [...A, unknown][]) {
  describe(name, () => {
    test.each(rows.map((row) => [JSON.stringify(row.slice(0, -1)), row] as const))('%s', (_, row) => {
      expect(write(...(row.slice(0, -1) as unknown as A))).toEqual(row.at(-1))
    })
  })
}

table('elapsed', f.elapsed, [
  [0, '0:00:00'], [999, '0:00:00'], [2_467_000, '0:41:07'], [7_112_000, '1:58:32'], [DAY - 1, '23:59:59'], [DAY, '1 d 00:00'],
  [12 * DAY + 17_900_000, '12 d 04:58'], [-5, '0:00:00'],
])
table('age', f.age, [[42_000, '42 s'], [119_999, '119 s'], [120_000, '2 min'], [7_199_000, '119 min'], [7_200_000, '2 h'], [3 * DAY, '3 d']])
table('exact length', f.exactLength, [[325_500, '5:25.500'], [3_925_500, '1:05:25.500'], [0, '0:00.000']])
table('minutes and seconds', f.minutesSeconds, [[120_000, '2:00'], [12_900, '0:12'], [4_000_000, '66:40']])
table('spoken', f.spoken, [
  [0, '0 seconds'], [1000, '1 second'], [7_112_000, '1 hour 58 minutes 32 seconds'], [12 * DAY + 17_900_000, '12 days 4 hours 58 minutes'],
])

table('loss', f.loss, [
  [0, '0.000 s'], [0.2, '0.001 s'], [12, '0.012 s'], [1284, '1.284 s'], [59_999, '59.999 s'], [60_000, '1 min 00.0 s'],
  [123_400, '2 min 03.4 s'], [119_999, '2 min 00.0 s'],
])
table('a growing loss', f.growingLoss, [[42_000, '42.0 s'], [42_099, '42.0 s'], [123_499, '2 min 03.4 s']])
table('completeness', f.completeness, [
  [100, 100, '100 %'], [99_958, 100_000, '99.958 %'], [4_147_199_999, 4_147_200_000, '99.999 %'], [0, 10, '0.000 %'],
  [999_999, 1_000_000, '99.999 %'], [2, 3, '66.666 %'], [0, 0, '–'],
])

table('size', f.size, [
  [0, '0 B'], [999, '999 B'], [1000, '1.00 kB'], [93_700_000, '93.7 MB'], [1.62e12, '1.62 TB'], [999_600, '1.00 MB'], [512e6, '512 MB'],
  [999_499_999, '999 MB'], [96e12, '96.0 TB'],
])

table('level', f.level, [
  [-12.44, '−12.4'], [0, '0.0'], [-0.04, '0.0'], [1.25, '1.3'], [-Infinity, '−∞'], [-200, '−∞'], [NaN, '−∞'], [-144, '−144.0'],
])
table('offset', f.offset, [[400, '±400 ns'], [-400, '±400 ns'], [1400, '±1.4 µs'], [2_000_000, '±2.0 ms'], [1.2e9, '±1.2 s']])
table('sample rate', f.sampleRate, [[48_000, '48 kHz'], [44_100, '44.1 kHz'], [11_025, '11.025 kHz']])
table('channels', f.channelsOf, [[64, 'L24', '64 × L24']])

table('clock', f.clock, [
  [at('2026-03-14T06:58:32Z'), ZURICH, '07:58:32'], [at('2026-03-14T23:00:00Z'), ZURICH, '00:00:00'], [at('2026-07-14T06:58:32Z'), ZURICH, '08:58:32'],
])
table('exact clock', f.exactClock, [[at('2026-03-14T13:31:20.000Z'), ZURICH, '14:31:20.000'], [at('2026-03-14T13:31:20.416Z'), ZURICH, '14:31:20.416']])
table('date', f.date, [[at('2026-03-14T06:58:32Z'), ZURICH, 'Sat 14 Mar 2026'], [at('2026-03-14T23:30:00Z'), ZURICH, 'Sun 15 Mar 2026']])
table('kiosk date', f.kioskDate, [[at('2026-03-14T06:58:32Z'), ZURICH, 'Saturday 14 March']])
table('zone', f.zoneName, [[at('2026-03-14T06:00:00Z'), ZURICH, 'CET'], [at('2026-07-14T06:00:00Z'), ZURICH, 'CEST'], [0, 'UTC', 'UTC']])
table('the repeated hour', f.unmistakableClock, [
  [at('2026-10-25T00:14:00Z'), ZURICH, '02:14:00 CEST (first)'],
  [at('2026-10-25T01:14:00Z'), ZURICH, '02:14:00 CET (second)'],
  [at('2026-10-24T23:59:59Z'), ZURICH, '01:59:59'],
  [at('2026-10-25T02:00:00Z'), ZURICH, '03:00:00'],
  [at('2026-03-29T01:00:00Z'), ZURICH, '03:00:00'],
])
test('half an hour repeats on Lord Howe Island', () => {
  expect(f.repeated(at('2026-04-04T14:45:00Z'), 'Australia/Lord_Howe')).toBe('first')
  expect(f.repeated(at('2026-04-04T15:15:00Z'), 'Australia/Lord_Howe')).toBe('second')
})
const NOW = at('2026-03-14T06:58:32Z')
table('moment', f.moment, [
  [at('2026-04-21T02:00:00Z'), NOW, ZURICH, 'Tue 21 Apr, 04:00'], [at('2027-04-21T02:00:00Z'), NOW, ZURICH, 'Wed 21 Apr 2027, 04:00'],
])
table('span', f.span, [
  [at('2026-03-14T05:00:00Z'), at('2026-03-14T06:00:00Z'), NOW, ZURICH, '06:00–07:00'],
  [at('2026-03-13T21:00:00Z'), at('2026-03-13T23:00:00Z'), NOW, ZURICH, 'Fri, 22:00–00:00'],
  [at('2026-03-01T21:00:00Z'), at('2026-03-01T23:00:00Z'), NOW, ZURICH, 'Sun 1 Mar, 22:00–00:00'],
])

table('disk health', f.diskHealth, [
  [undefined, NOW, 'ok'], [NOW + 14 * DAY, NOW, 'ok'], [NOW + 14 * DAY - 1, NOW, 'warn'], [NOW + 2 * DAY, NOW, 'warn'], [NOW + 2 * DAY - 1, NOW, 'fault'],
])
table('time left', f.timeLeft, [
  [NOW + 38.9 * DAY, NOW, { count: 38, unit: 'day' }], [NOW + 2 * DAY, NOW, { count: 48, unit: 'hour' }],
  [NOW + 2 * DAY + 3_600_000, NOW, { count: 2, unit: 'day' }], [NOW - 5, NOW, { count: 0, unit: 'hour' }],
])

table('a name split for its middle', f.splitName, [
  ['Studio 1', { start: 'Studio 1', end: '' }],
  ['Regionalfenster Südwest, Leitung 2', { start: 'Regionalfenster Südwest, ', end: 'Leitung 2' }],
  ['Aufnahmewagenfunkverbindungsstrecke', { start: 'Aufnahmewagenfunkverbindu', end: 'ngsstrecke' }],
])

table('the beginning of a day', (key: string, zone: string) => new Date(f.dayBegins(key, zone)).toISOString(), [
  ['2026-03-14', 'UTC', '2026-03-14T00:00:00.000Z'],
  ['2026-03-14', ZURICH, '2026-03-13T23:00:00.000Z'],
  // The days on which clocks change, and those after them.
  ['2026-03-29', ZURICH, '2026-03-28T23:00:00.000Z'], ['2026-03-30', ZURICH, '2026-03-29T22:00:00.000Z'],
  ['2026-10-25', ZURICH, '2026-10-24T22:00:00.000Z'], ['2026-10-26', ZURICH, '2026-10-25T23:00:00.000Z'],
  ['2026-03-14', 'Pacific/Auckland', '2026-03-13T11:00:00.000Z'], ['2026-03-14', 'America/Los_Angeles', '2026-03-14T07:00:00.000Z'],
])
