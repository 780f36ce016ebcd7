import { expect, test } from 'vitest'
import { LevelBoard } from './levels'

const LAYOUT = { generation: 7, meters: [{ id: 'a', channels: ['L', 'R'] }, { id: 'b', channels: ['M'] }] }
const frame = (...values: number[]) => Float32Array.from(values).buffer

test('a frame is taken apart by its layout', () => {
  const board = new LevelBoard()
  board.setLayout(LAYOUT)
  expect(board.take(frame(7, 1, 5, -12, -20, 0, -13, -21, 2, 250, -40, -50, 0), 1000)).toBe(true)
  const a = board.frame('a')!
  expect({ ...a, peak: [...a.peak], rms: [...a.rms], clips: [...a.clips] }).toEqual({ at: 995, peak: [-12, -13], rms: [-20, -21], clips: [0, 2] })
  expect(board.frame('b')!.at).toBe(750)
  expect(board.frame('c')).toBeUndefined()
})

test('a meter without data has none, until it has', () => {
  const board = new LevelBoard()
  board.setLayout(LAYOUT)
  board.take(frame(7, 1, -1, 0, 0, 0, 0, 0, 0, 0, -40, -50, 0), 1000)
  expect(board.frame('a')).toBeUndefined()
  expect([...board.frame('b')!.peak]).toEqual([-40])
  board.take(frame(7, 2, 0, -9, -10, 0, -9, -10, 0, 0, -40, -50, 0), 1033)
  expect(board.frame('a')!.at).toBe(1033)
})

test.each([
  ['of another layout', frame(6, 1, 5, -12, -20, 0, -13, -21, 2, 250, -40, -50, 0)],
  ['too short', frame(7, 1, 5, -12)],
  ['too long', frame(7, 1, 5, -12, -20, 0, -13, -21, 2, 250, -40, -50, 0, 0)],
  ['not of floats', new ArrayBuffer(13)],
  ['empty', new ArrayBuffer(0)],
])('a frame %s is refused', (_, bytes) => {
  const board = new LevelBoard()
  board.setLayout(LAYOUT)
  expect(board.take(bytes, 1000)).toBe(false)
  expect(board.refused).toBe(1)
  expect(board.frame('a')).toBeUndefined()
})

test('meters that stay keep their levels over a change of the layout', () => {
  const board = new LevelBoard()
  board.setLayout(LAYOUT)
  board.take(frame(7, 1, 5, -12, -20, 0, -13, -21, 2, 250, -40, -50, 0), 1000)
  board.setLayout({ generation: 8, meters: [{ id: 'b', channels: ['M'] }, { id: 'a', channels: ['M'] }] })
  expect([...board.frame('b')!.peak]).toEqual([-40])
  // Another number of channels is another meter.
  expect(board.frame('a')).toBeUndefined()
})

test('a frame allocates nothing that stays', () => {
  const board = new LevelBoard()
  board.setLayout(LAYOUT)
  const bytes = frame(7, 1, 5, -12, -20, 0, -13, -21, 2, 250, -40, -50, 0)
  board.take(bytes, 1000)
  const before = board.frame('a')
  board.take(bytes, 1033)
  expect(board.frame('a')).toBe(before)
})
