import { expect, test } from 'vitest'
import { neighbour } from './card-keys'

// Two rows of three, and one below.
const boxes = [0, 1, 2, 3, 4, 5, 6].map((i) => ({ x: (i % 3) * 100, y: Math.floor(i / 3) * 50 }))

test.each([
  [0, 'ArrowRight', 1],
  [2, 'ArrowRight', 3],
  [6, 'ArrowRight', undefined],
  [0, 'ArrowLeft', undefined],
  [1, 'ArrowDown', 4],
  [5, 'ArrowDown', 6],
  [6, 'ArrowUp', 3],
  [1, 'ArrowUp', undefined],
  [1, 'Home', undefined],
])('from %i %s leads to %o', (from, key, to) => {
  expect(neighbour(boxes, from, key)).toBe(to)
})
