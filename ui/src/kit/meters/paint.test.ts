import { expect, test } from 'vitest'
import type { Bar } from './layout'
import { holdLine, paintBar, paintCell, type Colours, type Pen, type Shown, type Sprites } from './paint'

const LENGTH = 200
const bar: Bar = { first: 0, end: 1, x: 3, y: 10, w: 8, h: LENGTH, cell: { x: 3, y: 0, w: 8, h: 6 }, figure: undefined }
const colours = {
  well: '#000', zones: { green: 'green', yellow: 'yellow', orange: 'orange', red: 'red' }, greenDeep: '#010', hatch: '#111', figure: '#222',
  reference: '#333', name: '#444', tick: '#555', alarm: '#666', font: 'sans-serif',
} satisfies Colours
const sprites = { unlit: 'unlit', lit: 'lit', hatch: 'hatch' } as unknown as Sprites

/** A pen that fills a column of rows from the bottom, and counts the pixels it touches. */
class Column {
  readonly rows: string[] = Array.from({ length: LENGTH }, () => 'blank')
  touched = 0
  fillStyle = ''
  globalAlpha = 1

  drawImage(image: string, _sx: number, sy: number, _sw: number, sh: number, _dx: number, dy: number) {
    if (dy - bar.y !== sy) throw new Error(`painted from row ${sy} to row ${dy - bar.y}`)
    this.fill(sy, sh, image)
  }

  fillRect(x: number, y: number, w: number, h: number) {
    if (x !== bar.x || w !== bar.w) throw new Error('painted beside the bar')
    this.fill(y - bar.y, h, this.fillStyle)
  }

  private fill(top: number, height: number, what: string) {
    for (let row = top; row < top + height; row += 1) {
      if (row < 0 || row >= LENGTH) throw new Error(`painted row ${row}`)
      this.rows[LENGTH - 1 - row] = what
    }
    this.touched += height
  }
}

function expected(shown: Shown): string[] {
  if (shown.noData) return Array.from({ length: LENGTH }, () => 'hatch')
  return Array.from({ length: LENGTH }, (_, row) => {
    if (shown.hold > 0 && row < shown.hold && row >= shown.hold - holdLine(LENGTH)) return shown.holdZone
    return row < shown.lit ? 'lit' : 'unlit'
  })
}

const at = (lit: number, hold: number, change: Partial<Shown> = {}): Shown => ({
  lit, hold, holdZone: 'yellow', noData: false, clipped: false, ...change,
})

test('after any change the bar looks as if it had been painted whole', () => {
  const column = new Column()
  let shown: Shown | undefined
  // A walk over every kind of change: rises, falls, hold alone, hold beside lit, no data and back.
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31
    return Math.floor((seed / 2 ** 31) * below)
  }
  for (let i = 0; i < 3000; i += 1) {
    const lit = random(4) === 0 ? (shown?.lit ?? 0) : random(LENGTH + 1)
    const hold = random(3) === 0 ? (shown?.hold ?? 0) : Math.min(LENGTH, lit + random(12))
    const next = at(lit, hold, { noData: random(25) === 0, holdZone: random(2) ? 'yellow' : 'red' })
    paintBar(column as unknown as Pen, bar, 'vertical', { x: 0, y: 0 }, sprites, colours, shown, next)
    if (column.rows.join() !== expected(next).join()) expect(column.rows, `step ${i}`).toEqual(expected(next))
    shown = next
  }
})

test('what does not change is not painted', () => {
  const column = new Column()
  const shown = at(100, 140)
  expect(paintBar(column as unknown as Pen, bar, 'vertical', { x: 0, y: 0 }, sprites, colours, shown, { ...shown })).toBe(false)
  expect(column.touched).toBe(0)
})

test('a small change touches few pixels', () => {
  const column = new Column()
  paintBar(column as unknown as Pen, bar, 'vertical', { x: 0, y: 0 }, sprites, colours, at(100, 140), at(103, 140))
  expect(column.touched).toBeLessThanOrEqual(3 + holdLine(LENGTH))
})

test('a lit cell is red and says so where there is room', () => {
  const done: string[] = []
  const pen = {
    fillStyle: '',
    fillRect() {
      done.push(this.fillStyle)
    },
    fillText: (text: string) => done.push(text),
  }
  paintCell(pen as unknown as Pen, { x: 0, y: 0, w: 100, h: 30 }, { x: 0, y: 0 }, true, 'CLIP', colours)
  paintCell(pen as unknown as Pen, { x: 0, y: 0, w: 8, h: 6 }, { x: 0, y: 0 }, true, 'CLIP', colours)
  paintCell(pen as unknown as Pen, { x: 0, y: 0, w: 100, h: 30 }, { x: 0, y: 0 }, false, 'CLIP', colours)
  expect(done).toEqual(['red', 'CLIP', 'red', '#000'])
})
