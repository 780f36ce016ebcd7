import { expect, test } from 'vitest'
import { readColours } from './colours'
import { MeterSurface } from './surface'
import type { Pen } from './paint'

function surface() {
  const cleared: number[][] = []
  const pen = new Proxy({}, {
    get: (_, name) => (name === 'clearRect' ? (...box: number[]) => cleared.push(box) : () => undefined),
    set: () => true,
  }) as unknown as Pen
  const canvas = document.createElement('canvas')
  const made = new MeterSurface({
    canvas, pen, root: document.body, source: { frame: () => undefined }, colours: () => readColours(document.body), ratio: () => 1,
    words: { clip: '', count: String, peakUnit: '', clippedAt: String },
  })
  return { made, cleared: () => cleared.filter(([x, y, w, h]) => x === 0 && y === 0 && w === canvas.width && h === canvas.height).length }
}

test('a meter that is gone leaves nothing on the canvas', () => {
  const { made, cleared } = surface()
  const place = made.place(document.createElement('div'), { meterId: 'm', channels: ['L'], size: 'mini', orientation: 'vertical', referenceDb: -18, holdSeconds: 2 })
  made.frame(0)
  const before = cleared()
  made.frame(40)
  expect(cleared()).toBe(before)
  place.remove()
  made.frame(80)
  expect(cleared()).toBe(before + 1)
})
