import type { Bar, MeterLayout, Orientation, Rect } from './layout'
import { ZONES, fraction, type Zone } from './scale'

/** What painting needs of a canvas; a recording one stands in for it in tests. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | 'drawImage' | 'fillRect' | 'clearRect' | 'fillStyle' | 'strokeStyle' | 'lineWidth' | 'globalAlpha' | 'beginPath' | 'moveTo'
  | 'lineTo' | 'stroke' | 'fill' | 'closePath' | 'fillText' | 'font' | 'textAlign' | 'textBaseline' | 'createLinearGradient'
  | 'rect' | 'clip' | 'save' | 'restore'
>

export interface Colours {
  well: string
  zones: Record<Zone, string>
  greenDeep: string
  hatch: string
  figure: string
  reference: string
  name: string
  tick: string
  alarm: string
  font: string
}

/** The pictures that every bar of one size shares. */
export interface Sprites {
  unlit: CanvasImageSource
  lit: CanvasImageSource
  hatch: CanvasImageSource
}

/** What a bar shows, in whole device pixels along it. Only a difference is painted. */
export interface Shown {
  lit: number
  hold: number
  holdZone: Zone
  noData: boolean
  clipped: boolean
}

const ALONG = { vertical: (r: Rect) => r.h, horizontal: (r: Rect) => r.w } as const

/** The length of a bar along its scale. */
export function lengthOf(bar: Rect, orientation: Orientation): number {
  return ALONG[orientation](bar)
}

/** Thickness of a hold line. */
export function holdLine(length: number): number {
  return Math.max(2, Math.round(length / 100))
}

/** Paints well, unlit zones and hairlines of a bar of this size at the origin. */
export function paintUnlit(pen: Pen, size: Rect, orientation: Orientation, colours: Colours): void {
  pen.globalAlpha = 1
  pen.fillStyle = colours.well
  pen.fillRect(0, 0, size.w, size.h)
  pen.globalAlpha = 0.15
  for (const { zone, fromDb, toDb } of ZONES) {
    pen.fillStyle = colours.zones[zone]
    fillAlong(pen, size, orientation, fraction(fromDb), fraction(toDb))
  }
  pen.globalAlpha = 1
  hairlines(pen, size, orientation, colours)
}

/** Paints a bar of this size fully lit at the origin. */
export function paintLit(pen: Pen, size: Rect, orientation: Orientation, colours: Colours): void {
  pen.globalAlpha = 1
  for (const { zone, fromDb, toDb } of ZONES) {
    pen.fillStyle = zone === 'green' ? greenGround(pen, size, orientation, colours) : colours.zones[zone]
    fillAlong(pen, size, orientation, fraction(fromDb), fraction(toDb))
  }
  hairlines(pen, size, orientation, colours)
}

/** Paints a bar of this size without data at the origin: nothing that could be taken for silence. */
export function paintHatch(pen: Pen, size: Rect, colours: Colours, ratio: number): void {
  pen.save()
  pen.beginPath()
  pen.rect(0, 0, size.w, size.h)
  pen.clip()
  pen.globalAlpha = 1
  pen.fillStyle = colours.well
  pen.fillRect(0, 0, size.w, size.h)
  pen.strokeStyle = colours.hatch
  pen.lineWidth = Math.max(1, ratio)
  const step = Math.max(6, Math.round(7 * ratio))
  pen.beginPath()
  for (let x = -size.h; x < size.w; x += step) {
    pen.moveTo(x, size.h)
    pen.lineTo(x + size.h, 0)
  }
  pen.stroke()
  pen.restore()
}

/** Paints figures, ticks, pointers and names, once for each layout. `at` is the meter's corner on the canvas. */
export function paintStill(pen: Pen, made: MeterLayout, at: { x: number; y: number }, colours: Colours): void {
  pen.globalAlpha = 1
  for (const tick of made.ticks) {
    pen.fillStyle = tick.strong ? colours.figure : colours.tick
    pen.fillRect(at.x + tick.x, at.y + tick.y, tick.w, tick.h)
  }
  pen.textBaseline = 'middle'
  for (const caption of made.captions) {
    pen.font = `${caption.tone === 'figure' ? 500 : 640} ${caption.size}px ${colours.font}`
    pen.textAlign = caption.align
    pen.fillStyle = caption.tone === 'figure' ? colours.figure : caption.tone === 'reference' ? colours.reference : colours.name
    pen.fillText(caption.text, at.x + caption.x, at.y + caption.y)
  }
  pen.fillStyle = colours.reference
  for (const pointer of made.pointers) {
    const s = made.pointerSize * (pointer.direction === 'left' ? 1 : -1)
    const x = at.x + pointer.x
    const y = at.y + pointer.y
    pen.beginPath()
    pen.moveTo(x, y)
    pen.lineTo(x + s, y - Math.abs(s) * 0.55)
    pen.lineTo(x + s, y + Math.abs(s) * 0.55)
    pen.closePath()
    pen.fill()
  }
}

/**
 * Brings one bar from what it shows to what it should show, touching no other pixel. `shown` undefined paints it all.
 * Returns whether anything was painted.
 */
export function paintBar(
  pen: Pen, bar: Bar, orientation: Orientation, at: { x: number; y: number }, sprites: Sprites, colours: Colours,
  shown: Shown | undefined, next: Shown,
): boolean {
  const length = lengthOf(bar, orientation)
  const from = (image: CanvasImageSource, low: number, high: number) => {
    const size = high - low
    if (size <= 0) return
    if (orientation === 'vertical') {
      const y = length - high
      pen.drawImage(image, 0, y, bar.w, size, at.x + bar.x, at.y + bar.y + y, bar.w, size)
    } else pen.drawImage(image, low, 0, size, bar.h, at.x + bar.x + low, at.y + bar.y, size, bar.h)
  }
  const whole = shown === undefined || shown.noData !== next.noData
  if (!whole && shown.lit === next.lit && shown.hold === next.hold && shown.holdZone === next.holdZone) return false
  if (next.noData) {
    if (whole) from(sprites.hatch, 0, length)
    return whole
  }
  const thick = holdLine(length)
  if (whole) {
    from(sprites.unlit, next.lit, length)
    from(sprites.lit, 0, next.lit)
  } else {
    if (shown.hold > 0 && shown.hold !== next.hold) {
      // Give back what the old line covered, as it was lit before.
      const low = Math.max(0, shown.hold - thick)
      from(sprites.unlit, Math.max(low, shown.lit), shown.hold)
      from(sprites.lit, low, Math.min(shown.hold, shown.lit))
    }
    if (next.lit > shown.lit) from(sprites.lit, shown.lit, next.lit)
    else from(sprites.unlit, next.lit, shown.lit)
  }
  if (next.hold > 0) {
    pen.globalAlpha = 1
    pen.fillStyle = colours.zones[next.holdZone]
    const low = Math.max(0, next.hold - thick)
    if (orientation === 'vertical') pen.fillRect(at.x + bar.x, at.y + bar.y + length - next.hold, bar.w, next.hold - low)
    else pen.fillRect(at.x + bar.x + low, at.y + bar.y, next.hold - low, bar.h)
  }
  return true
}

/** Paints a clip cell. `word` stands in it where there is room. */
export function paintCell(pen: Pen, cell: Rect, at: { x: number; y: number }, lit: boolean, word: string, colours: Colours): void {
  pen.globalAlpha = 1
  pen.fillStyle = lit ? colours.zones.red : colours.well
  pen.fillRect(at.x + cell.x, at.y + cell.y, cell.w, cell.h)
  if (!lit || cell.h < 16 || cell.w < cell.h * 1.6) return
  pen.fillStyle = '#000000'
  pen.font = `700 ${Math.round(cell.h * 0.6)}px ${colours.font}`
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillText(word, at.x + cell.x + cell.w / 2, at.y + cell.y + cell.h / 2)
}

/** Paints the peak figure and the line under it. */
export function paintFigure(
  pen: Pen, box: Rect, at: { x: number; y: number }, size: number, align: 'left' | 'center' | 'right',
  text: { figure: string; caption: string; alarm: boolean }, colours: Colours,
): void {
  const x = at.x + box.x + (align === 'left' ? 0 : align === 'right' ? box.w : box.w / 2)
  const y = at.y + box.y
  pen.clearRect(at.x + box.x - 1, y, box.w + 2, box.h)
  pen.textAlign = align
  pen.textBaseline = 'alphabetic'
  pen.fillStyle = text.alarm ? colours.alarm : colours.name
  pen.font = `640 ${size}px ${colours.font}`
  pen.fillText(text.figure, x, y + size * 0.86)
  if (text.caption === '') return
  pen.fillStyle = colours.figure
  pen.font = `500 ${Math.max(11, Math.round(size * 0.32))}px ${colours.font}`
  pen.fillText(text.caption, x, y + size * 1.32)
}

function fillAlong(pen: Pen, size: Rect, orientation: Orientation, low: number, high: number): void {
  const length = lengthOf(size, orientation)
  const from = Math.round(low * length)
  const to = Math.round(high * length)
  if (orientation === 'vertical') pen.fillRect(0, length - to, size.w, to - from)
  else pen.fillRect(from, 0, to - from, size.h)
}

function hairlines(pen: Pen, size: Rect, orientation: Orientation, colours: Colours): void {
  const length = lengthOf(size, orientation)
  const line = Math.max(1, Math.round(length / 200))
  pen.fillStyle = colours.well
  for (const { fromDb } of ZONES.slice(1)) {
    const at = Math.round(fraction(fromDb) * length)
    if (orientation === 'vertical') pen.fillRect(0, length - at - Math.floor(line / 2), size.w, line)
    else pen.fillRect(at - Math.floor(line / 2), 0, line, size.h)
  }
}

function greenGround(pen: Pen, size: Rect, orientation: Orientation, colours: Colours): CanvasGradient {
  const length = lengthOf(size, orientation)
  const top = fraction(-12) * length
  const gradient =
    orientation === 'vertical'
      ? pen.createLinearGradient(0, length, 0, length - top)
      : pen.createLinearGradient(0, 0, top, 0)
  gradient.addColorStop(0, colours.greenDeep)
  gradient.addColorStop(0.65, colours.zones.green)
  gradient.addColorStop(1, colours.zones.green)
  return gradient
}
