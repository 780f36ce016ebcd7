import { expect, test } from 'vitest'
import { fraction, levelAt, zoneOf } from './scale'

test.each([
  [0, 1], [-10, 0.75], [-20, 0.5], [-30, 0.3], [-40, 0.15], [-50, 0.075], [-60, 0.025], [-70, 0],
  [-5, 0.875], [-15, 0.625], [-35, 0.225], [-18, 0.55], [-90, 0], [-Infinity, 0], [6, 1], [NaN, 0],
])('%d dB fills %d of the bar', (db, part) => expect(fraction(db)).toBeCloseTo(part, 10))

test('the way back gives the same level', () => {
  for (let db = -69.5; db <= 0; db += 0.5) expect(levelAt(fraction(db))).toBeCloseTo(db, 9)
  expect(levelAt(0)).toBe(-70)
  expect(levelAt(1.2)).toBe(0)
})

test.each([
  [-60, 'green'], [-12, 'green'], [-11.9, 'yellow'], [-6, 'yellow'], [-5.9, 'orange'], [-3, 'orange'], [-2.9, 'red'], [0, 'red'], [3, 'red'],
])('%d dB lies in the %s zone', (db, zone) => expect(zoneOf(db)).toBe(zone))
