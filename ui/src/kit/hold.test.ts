import { expect, test } from 'vitest'
import { IDLE, letGo, pass, press, progress, within } from './hold'

const box = { left: 100, top: 100, right: 200, bottom: 150 }

test.each([
  [150, 125, true], [76, 125, true], [75, 125, false], [224, 125, true], [225, 125, false], [150, 76, true], [150, 175, false],
])('a finger at %d, %d is on the button: %s', (x, y, on) => expect(within(x, y, box)).toBe(on))

test('held to the end it acts once', () => {
  let hold = press(IDLE, 1000)
  expect(progress(hold, 2000, 2000)).toBe(0.5)
  expect(pass(hold, 2999, 2000).act).toBe(false)
  const full = pass(hold, 3000, 2000)
  expect(full.act).toBe(true)
  hold = full.hold
  expect(pass(hold, 3100, 2000).act).toBe(false)
  expect(press(hold, 3100)).toEqual(hold)
  expect(letGo(hold, 3200, 2000)).toEqual(IDLE)
})

test('let go early it runs back in 200 ms and nothing happens', () => {
  const gone = letGo(press(IDLE, 0), 1000, 2000)
  expect(progress(gone, 1000, 2000)).toBe(0.5)
  expect(progress(gone, 1100, 2000)).toBe(0.25)
  const after = pass(gone, 1200, 2000)
  expect(after).toEqual({ hold: IDLE, act: false })
})

test('a second press begins anew', () => {
  const gone = letGo(press(IDLE, 0), 1900, 2000)
  expect(progress(press(gone, 1950), 1950, 2000)).toBe(0)
})
