import { BOTTOM_DB, FIGURES, TICKS, ZONES, fraction, type MeterSize } from './scale'

export type Orientation = 'vertical' | 'horizontal'

export interface Rect {
  x: number
  y: number
  w: number
  h: number
}

/** One bar: where it is lit, its clip cell, and the channels `[first, end)` it stands for. */
export interface Bar extends Rect {
  first: number
  end: number
  cell: Rect
  /** Where the peak figure stands, in `full`. */
  figure: Rect | undefined
}

/** A text painted once. `x` is where `align` says; `y` is the middle. */
export interface Caption {
  text: string
  x: number
  y: number
  align: 'left' | 'center' | 'right'
  size: number
  tone: 'figure' | 'reference' | 'name'
}

/** A short line beside a bar. */
export interface Tick extends Rect {
  strong: boolean
}

/** Everything about a meter that does not move, in device pixels relative to its own corner. */
export interface MeterLayout {
  orientation: Orientation
  size: MeterSize
  bars: Bar[]
  captions: Caption[]
  ticks: Tick[]
  /** Pointers to the alignment level. */
  pointers: { x: number; y: number; direction: 'left' | 'right' }[]
  pointerSize: number
  figureSize: number
  /** There is room for words under the peak figures. */
  figureCaption: boolean
}

export interface MeterShape {
  channels: readonly string[]
  size: MeterSize
  orientation: Orientation
  /** CSS pixels. */
  width: number
  height: number
  /** Device pixels per CSS pixel. */
  ratio: number
  /** The alignment level that is marked, −18 or −20. */
  referenceDb: number
  /** What a bar that stands for all channels is called: "64 ch". */
  countLabel: string
}

/** The channels each bar stands for: above 16 compact shows groups of 4, above 8 mini shows one. */
export function barGroups(channels: number, size: MeterSize): [first: number, end: number][] {
  let each = 1
  if (size === 'compact' && channels > 16) each = 4
  if (size === 'mini' && channels > 8) each = channels
  const groups: [number, number][] = []
  for (let first = 0; first < channels; first += each) groups.push([first, Math.min(first + each, channels)])
  return groups
}

/** How many rows `full` has, and how many bars stand in each. */
export function rows(bars: number): { rows: number; perRow: number } {
  if (bars <= 16) return { rows: 1, perRow: bars }
  if (bars <= 32) return { rows: 2, perRow: Math.ceil(bars / 2) }
  return { rows: Math.ceil(bars / 16), perRow: 16 }
}

/** The size in CSS pixels at which a meter is drawn where its place does not say otherwise. */
export function naturalSize(channels: number, size: MeterSize, orientation: Orientation): { width: number; height: number } {
  const across = naturalAcross(channels, size)
  const along = { full: 460, compact: 210, mini: 82 }[size]
  if (orientation === 'vertical') return { width: across, height: along }
  return { width: size === 'mini' ? 120 : 240, height: Math.max(across, 12) }
}

function naturalAcross(channels: number, size: MeterSize): number {
  const bars = barGroups(channels, size).length
  if (size === 'full') return Math.min(Math.max(126 * bars + 112, 238), 900)
  if (size === 'compact') return bars <= 2 ? 112 : Math.min(34 + 17 * bars, 306)
  if (channels > 8) return 44
  return bars === 1 ? 9 : bars === 2 ? 20 : 44
}

/** In CSS pixels: what stays free beside, above and under the bars, and how wide a bar may be. */
interface Measures {
  /** There is room for peak figures and large type. */
  roomy: boolean
  scale: number
  cell: number
  cellGap: number
  name: number
  nameType: number
  type: number
  figureLimit: number
  smallest: number
  widest: number
}

function measures(shape: MeterShape, bars: number, height: number): Measures {
  switch (shape.size) {
    case 'full': {
      const roomy = bars <= 8 && height >= 200
      const low = height < 380
      const type = roomy ? Math.min(26, Math.max(16, shape.width / 20)) : 12
      return {
        roomy, type, scale: Math.max(44, type * 2.1 + (bars === 2 ? 50 : 30)), cell: roomy ? (low ? 22 : 34) : 10, cellGap: 3,
        name: roomy ? (low ? 32 : 40) : 20, nameType: roomy ? Math.min(24, type) : 12, figureLimit: low ? 38 : 52,
        smallest: 8, widest: 220,
      }
    }
    case 'compact':
      return {
        roomy: false, type: 11, scale: 34, cell: 6, cellGap: 2, name: 18, nameType: 11, figureLimit: 0, smallest: 5,
        widest: bars === 1 ? 79 : 37,
      }
    case 'mini': {
      const oneForAll = shape.channels.length > 8
      return {
        roomy: false, type: 11, scale: 0, cell: 4, cellGap: 2, name: oneForAll ? 16 : 0, nameType: 11, figureLimit: 0,
        smallest: 3, widest: 9,
      }
    }
  }
}

/** Where everything of a meter goes. Pure: the same shape gives the same layout. */
export function layout(shape: MeterShape): MeterLayout {
  const made: MeterLayout = {
    orientation: shape.orientation,
    size: shape.size,
    bars: [],
    captions: [],
    ticks: [],
    pointers: [],
    pointerSize: 0,
    figureSize: 0,
    figureCaption: false,
  }
  if (shape.width <= 0 || shape.height <= 0 || shape.channels.length === 0) return made
  if (shape.orientation === 'horizontal') layHorizontal(shape, made)
  else layVertical(shape, made)
  return made
}

function layVertical(shape: MeterShape, made: MeterLayout): void {
  const groups = barGroups(shape.channels.length, shape.size)
  const { rows: rowCount, perRow } = shape.size === 'full' ? rows(groups.length) : { rows: 1, perRow: groups.length }
  const rowHeight = shape.height / rowCount
  for (let row = 0; row < rowCount; row += 1) {
    layRow(shape, made, groups.slice(row * perRow, (row + 1) * perRow), row * rowHeight, rowHeight)
  }
}

function layRow(shape: MeterShape, made: MeterLayout, groups: [number, number][], top: number, height: number): void {
  const { size, ratio, width } = shape
  const px = (value: number) => Math.round(value * ratio)
  const m = measures(shape, groups.length, height)
  // Two bars of `full` have the scale between them; otherwise it stands before the first.
  const between = size === 'full' && groups.length === 2
  const lead = between ? 0 : m.scale
  const gap = between ? m.scale : barGap(size, groups.length)
  const wider = size === 'full' && groups.length > 8 ? gap * 2 : 0
  const extra = Math.floor((groups.length - 1) / 8) * wider
  const room = width - lead - gap * (groups.length - 1) - extra
  const barWidth = Math.max(m.smallest, Math.min(room / groups.length, m.widest))
  const used = lead + barWidth * groups.length + gap * (groups.length - 1) + extra
  // Bars that do not need all the room stand in its middle, where there is no scale to stand beside.
  const start = lead + (lead === 0 ? Math.max(0, (width - used) / 2) : 0)
  const figureSize = m.roomy ? Math.min(m.figureLimit, barWidth * 0.36) : 0
  const caption = barWidth >= 96
  const figure = m.roomy ? figureSize * (caption ? 1.5 : 1) + 10 : 0
  const cellTop = top + figure
  const barTop = cellTop + m.cell + m.cellGap
  const barBottom = top + height - m.name
  const bars: Bar[] = groups.map(([first, end], i) => {
    const left = start + i * (barWidth + gap) + Math.floor(i / 8) * wider
    const x = px(left)
    const w = Math.max(1, px(left + barWidth) - x)
    const y = px(barTop)
    return {
      first, end, x, y, w, h: Math.max(1, px(barBottom) - y),
      cell: { x, y: px(cellTop), w, h: Math.max(1, px(m.cell)) },
      figure: m.roomy ? { x, y: px(top), w, h: px(figure - 6) } : undefined,
    }
  })
  made.bars.push(...bars)
  made.pointerSize = px(m.type * 0.5)
  made.figureSize = px(figureSize)
  made.figureCaption = caption
  const first = bars[0]
  if (!first) return
  if (size !== 'mini') layScale(shape, made, first, between ? bars[1] : undefined, px(m.type), px)
  if (m.name > 0) layNames(shape, made, bars, px(barBottom + m.name / 2), px(m.nameType), px(width))
}

/** Names under the bars; one that would touch its neighbour is left out. */
function layNames(shape: MeterShape, made: MeterLayout, bars: Bar[], y: number, size: number, width: number): void {
  const oneForAll = shape.size === 'mini'
  let free = -Infinity
  for (const bar of bars) {
    const text = oneForAll ? shape.countLabel : nameOf(shape.channels, bar)
    const middle = oneForAll ? width / 2 : bar.x + bar.w / 2
    // Three fifths of the height is what a letter of this face takes on average.
    const half = (text.length * size * 0.6) / 2
    if (middle - half < free) continue
    free = middle + half
    made.captions.push({ text, x: middle, y, align: 'center', size, tone: 'name' })
  }
}

function nameOf(channels: readonly string[], { first, end }: { first: number; end: number }): string {
  return end - first === 1 ? (channels[first] ?? '') : `${first + 1}–${end}`
}

function barGap(size: MeterSize, bars: number): number {
  if (size === 'mini') return bars > 2 ? 1 : 2
  if (bars > 8) return size === 'full' ? 5 : 2
  return size === 'full' ? 14 : bars > 2 ? 3 : 5
}

function layScale(
  shape: MeterShape, made: MeterLayout, bar: Bar, right: Bar | undefined, type: number, px: (value: number) => number,
): void {
  const between = right !== undefined
  const figures = FIGURES[shape.size].filter((db) => db !== -18 || shape.referenceDb === -18)
  const shown = figures.includes(shape.referenceDb) ? figures : [...figures, shape.referenceDb]
  const line = Math.max(1, px(1))
  let lastY = -Infinity
  const leftEnd = bar.x + bar.w
  const middle = between ? (leftEnd + right.x) / 2 : 0
  for (const db of [...shown].sort((a, b) => b - a)) {
    const y = levelY(bar, db)
    const reference = db === shape.referenceDb
    const strong = shape.size === 'full' ? px(12) : reference ? px(4) : 0
    if (between) {
      made.ticks.push({ x: leftEnd + px(4), y, w: strong, h: line, strong: true })
      made.ticks.push({ x: right.x - px(4) - strong, y, w: strong, h: line, strong: true })
    } else if (strong > 0) {
      made.ticks.push({ x: bar.x - px(2) - strong, y, w: strong, h: line, strong: true })
    }
    // A figure that would touch the one above it is left out; the reference never is.
    if (y - lastY < type * 1.05 && !reference && db !== 0) continue
    lastY = y
    made.captions.push({
      text: db === 0 ? '0' : `−${-db}`, x: between ? middle : bar.x - px(shape.size === 'full' ? 20 : 8),
      // The ends stay inside the bar's length.
      y: Math.min(y, bar.y + bar.h - type * 0.35), align: between ? 'center' : 'right', size: type,
      tone: reference ? 'reference' : 'figure',
    })
    if (reference && shape.size === 'full' && between) {
      made.pointers.push({ x: leftEnd + px(3), y, direction: 'left' }, { x: right.x - px(3), y, direction: 'right' })
    }
  }
  if (shape.size !== 'full') return
  for (const db of TICKS) {
    if (db === shape.referenceDb) continue
    const y = levelY(bar, db)
    const w = px(6)
    if (between) made.ticks.push({ x: leftEnd + px(4), y, w, h: line, strong: false }, { x: right.x - px(4) - w, y, w, h: line, strong: false })
    else made.ticks.push({ x: bar.x - px(2) - w, y, w, h: line, strong: false })
  }
}

function layHorizontal(shape: MeterShape, made: MeterLayout): void {
  const { ratio, width, height, size } = shape
  const px = (value: number) => Math.round(value * ratio)
  const groups = barGroups(shape.channels.length, size)
  const mini = size === 'mini'
  const gap = groups.length > 1 ? (mini ? 2 : 3) : 0
  const { smallest } = measures(shape, groups.length, height)
  const thick = Math.max(smallest, Math.min((height - gap * (groups.length - 1)) / groups.length, 24))
  const names = !mini && thick >= 10 ? 28 : 0
  const cell = mini ? 4 : 8
  for (const [i, [first, end]] of groups.entries()) {
    const top = i * (thick + gap)
    const y = px(top)
    const h = Math.max(1, px(top + thick) - y)
    const x = px(names)
    made.bars.push({
      first, end, x, y, w: Math.max(1, px(width - cell - 2) - x), h,
      cell: { x: px(width - cell), y, w: px(cell), h }, figure: undefined,
    })
    if (names > 0) {
      made.captions.push({
        text: nameOf(shape.channels, { first, end }), x: px(names - 6), y: y + h / 2, align: 'right', size: px(11), tone: 'name',
      })
    }
  }
}

/** The device row of a level on a vertical bar. */
export function levelY(bar: Rect, db: number): number {
  return bar.y + bar.h - Math.round(fraction(db) * bar.h)
}

/** Where zones meet, as fractions of a bar. */
export const ZONE_EDGES: readonly number[] = ZONES.filter(({ fromDb }) => fromDb > BOTTOM_DB).map(({ fromDb }) => fraction(fromDb))
