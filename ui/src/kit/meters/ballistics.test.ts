import { expect, test } from 'vitest'
import { Ballistics, RETURN_DB_PER_S } from './ballistics'
import { ClipLatch } from './clips'
import type { LevelFrame } from './source'

function frame(at: number, peak: number[], clips: number[] = peak.map(() => 0)): LevelFrame {
  return { at, peak: Float32Array.from(peak), rms: Float32Array.from(peak), clips: Float32Array.from(clips) }
}

const mono = () => new Ballistics([[0, 1]], new ClipLatch(1))

test('a rise is shown at once', () => {
  const b = mono()
  b.advance(0, frame(0, [-40]))
  b.advance(33, frame(33, [-6]))
  expect(b.shown[0]).toBeCloseTo(-6)
})

test('a fall takes 1.7 s for 20 dB, whatever the number of pictures', () => {
  for (const step of [8, 16, 33, 100]) {
    const b = mono()
    b.advance(0, frame(0, [-10]))
    let now = 0
    // Silence goes on arriving; only the clock moves the bar.
    while (now < 1700) {
      now += step
      b.advance(now, frame(now, [-100]))
    }
    expect(b.shown[0]).toBeCloseTo(-10 - (RETURN_DB_PER_S * now) / 1000, 3)
  }
})

test('from −10 it is at −30 after 1.7 s', () => {
  const b = mono()
  b.advance(0, frame(0, [-10]))
  for (let now = 20; now <= 1700; now += 20) b.advance(now, frame(now, [-100]))
  expect(b.shown[0]).toBeCloseTo(-30, 3)
})

test('one long pause is not one long fall', () => {
  const b = mono()
  b.advance(0, frame(0, [-10]))
  b.advance(60_000, frame(60_000, [-100]))
  expect(b.shown[0]).toBeCloseTo(-10 - RETURN_DB_PER_S * 0.1, 3)
})

test('a peak is held for 2 s and then returns', () => {
  const b = mono()
  b.advance(0, frame(0, [-3]))
  for (let now = 50; now <= 2000; now += 50) b.advance(now, frame(now, [-100]))
  expect(b.hold[0]).toBeCloseTo(-3)
  b.advance(2050, frame(2050, [-100]))
  expect(b.hold[0]).toBeCloseTo(-3 - RETURN_DB_PER_S * 0.05, 3)
})

test('a peak that is held until touched stays', () => {
  const b = new Ballistics([[0, 1]], new ClipLatch(1), Infinity)
  b.advance(0, frame(0, [-3]))
  for (let now = 50; now <= 20_000; now += 50) b.advance(now, frame(now, [-60]))
  expect(b.hold[0]).toBeCloseTo(-3)
  b.dropHold()
  expect(b.hold[0]).toBeCloseTo(b.shown[0]!)
})

test('500 ms without a frame are no data, not silence', () => {
  const b = mono()
  const last = frame(0, [-10])
  b.advance(0, last)
  b.advance(500, last)
  expect(b.noData).toBe(false)
  b.advance(501, last)
  expect(b.noData).toBe(true)
  b.advance(600, frame(600, [-100]))
  expect(b.noData).toBe(false)
  expect(b.shown[0]).toBe(-70)
})

test('a meter nobody sends is without data', () => {
  const b = mono()
  b.advance(0, undefined)
  expect(b.noData).toBe(true)
})

test('a level counts once: between frames the bar returns', () => {
  const b = mono()
  const one = frame(0, [-10])
  b.advance(0, one)
  b.advance(50, one)
  expect(b.shown[0]).toBeLessThan(-10)
})

test('a bar for several channels shows the loudest of them', () => {
  const b = new Ballistics([[0, 2], [2, 4]], new ClipLatch(4))
  b.advance(0, frame(0, [-30, -12, -40, -50]))
  expect([...b.shown]).toEqual([-12, -40])
})

test('the figure rises at once and falls at most five times a second', () => {
  const b = new Ballistics([[0, 1]], new ClipLatch(1), 0)
  b.advance(0, frame(0, [-20]))
  b.advance(20, frame(20, [-5]))
  expect(b.figure[0]).toBeCloseTo(-5)
  let changes = 0
  let before = b.figure[0]
  for (let now = 40; now <= 1020; now += 20) {
    b.advance(now, frame(now, [-100]))
    if (b.figure[0] !== before) changes += 1
    before = b.figure[0]
  }
  expect(changes).toBeGreaterThan(2)
  expect(changes).toBeLessThanOrEqual(5)
})

test('digital silence is minus infinity in the figure', () => {
  const b = mono()
  b.advance(0, frame(0, [-Infinity]))
  expect(b.figure[0]).toBe(-Infinity)
})

test('the clip latch shows in the bars', () => {
  const b = new Ballistics([[0, 1], [1, 2]], new ClipLatch(2))
  b.advance(0, frame(0, [-3, -3], [0, 0]))
  b.advance(33, frame(33, [0, -3], [1, 0]))
  expect([...b.clipped]).toEqual([1, 0])
})
