import { expect, test } from 'vitest'
import { barGroups, layout, levelY, naturalSize, rows, type MeterShape } from './layout'
import type { MeterSize } from './scale'

function shape(channels: number, size: MeterSize, change: Partial<MeterShape> = {}): MeterShape {
  const orientation = change.orientation ?? 'vertical'
  return {
    channels: Array.from({ length: channels }, (_, i) => `${i + 1}`), size, orientation,
    ...naturalSize(channels, size, orientation), ratio: 1, referenceDb: -18, countLabel: `${channels} ch`, ...change,
  }
}

test.each([
  [1, 'mini', 1], [8, 'mini', 8], [9, 'mini', 1], [64, 'mini', 1],
  [2, 'compact', 2], [16, 'compact', 16], [17, 'compact', 5], [64, 'compact', 16],
  [2, 'full', 2], [17, 'full', 17], [64, 'full', 64],
] as const)('%d channels in %s are %d bars', (channels, size, bars) => {
  const groups = barGroups(channels, size)
  expect(groups).toHaveLength(bars)
  expect(groups[0]![0]).toBe(0)
  expect(groups.at(-1)![1]).toBe(channels)
})

test.each([[16, 1, 16], [17, 2, 9], [32, 2, 16], [33, 3, 16], [48, 3, 16], [64, 4, 16]])('%d bars stand in %d rows of %d', (bars, count, perRow) =>
  expect(rows(bars)).toEqual({ rows: count, perRow }),
)

const SMALLEST = { full: 8, compact: 5, mini: 3 } as const

function faults(wish: MeterShape): string[] {
  const { bars } = layout(wish)
  const wrong: string[] = []
  const upright = wish.orientation === 'vertical'
  if (bars.length !== barGroups(wish.channels.length, wish.size).length) wrong.push(`${bars.length} bars`)
  for (const [i, bar] of bars.entries()) {
    if ((upright ? bar.w : bar.h) < Math.floor(SMALLEST[wish.size] * wish.ratio)) wrong.push(`bar ${i} is too narrow`)
    if (bar.x < 0 || bar.y < 0) wrong.push(`bar ${i} begins outside`)
    if (bar.x + bar.w > Math.ceil(wish.width * wish.ratio) + 1) wrong.push(`bar ${i} leaves to the right`)
    if (bar.y + bar.h > Math.ceil(wish.height * wish.ratio) + 1) wrong.push(`bar ${i} leaves at the foot`)
    const next = bars[i + 1]
    if (next && upright && next.y === bar.y && next.x <= bar.x + bar.w) wrong.push(`bar ${i} touches the next`)
    if (next && !upright && next.y <= bar.y + bar.h) wrong.push(`bar ${i} touches the next`)
  }
  return wrong
}

test('bars keep their least width, stay inside and do not touch, from 1 to 64 channels, in every size', () => {
  const wrong: string[] = []
  for (const size of ['full', 'compact', 'mini'] as const) {
    for (const orientation of ['vertical', 'horizontal'] as const) {
      for (const ratio of [1, 1.5, 2]) {
        for (let channels = 1; channels <= 64; channels += 1) {
          wrong.push(...faults(shape(channels, size, { orientation, ratio })).map((what) => `${channels} ${size} ${orientation} ${ratio}: ${what}`))
        }
      }
    }
  }
  expect(wrong).toEqual([])
})

test('two full bars have the scale between them, pointed at from both sides', () => {
  const made = layout(shape(2, 'full', { width: 470, height: 640 }))
  const [left, right] = made.bars
  const zero = made.captions.find(({ text }) => text === '0')!
  expect(zero.x).toBeGreaterThan(left!.x + left!.w)
  expect(zero.x).toBeLessThan(right!.x)
  expect(made.pointers.map(({ y }) => y)).toEqual([levelY(left!, -18), levelY(left!, -18)])
})

test.each([
  ['full', ['0', '−3', '−6', '−12', '−18', '−24', '−30', '−40', '−60']],
  ['compact', ['0', '−6', '−12', '−18', '−30', '−40', '−60']],
  ['mini', []],
] as const)('%s has its figures', (size, figures) => {
  const made = layout(shape(2, size, size === 'full' ? { width: 470, height: 640 } : {}))
  expect(made.captions.filter(({ tone }) => tone !== 'name').map(({ text }) => text)).toEqual(figures)
})

test('the reference can be −20', () => {
  const made = layout(shape(2, 'full', { width: 470, height: 640, referenceDb: -20 }))
  const texts = made.captions.filter(({ tone }) => tone === 'reference').map(({ text }) => text)
  expect(texts).toEqual(['−20'])
  expect(made.captions.some(({ text }) => text === '−18')).toBe(false)
})

test('figures of a low bar are left out rather than overlapped', () => {
  const made = layout(shape(2, 'compact', { height: 90 }))
  const ys = made.captions.filter(({ tone }) => tone === 'figure').map(({ y }) => y)
  for (let i = 1; i < ys.length; i += 1) expect(ys[i]! - ys[i - 1]!).toBeGreaterThanOrEqual(11)
})

test('one mini bar for 64 channels says so', () => {
  const made = layout(shape(64, 'mini'))
  expect(made.captions.map(({ text }) => text)).toEqual(['64 ch'])
})

test('a place without extent has nothing', () => {
  expect(layout(shape(2, 'full', { width: 0, height: 0 })).bars).toEqual([])
})
