import type { InjectionKey } from 'vue'
import { level } from '../../format/level'
import { Ballistics } from './ballistics'
import { clipLatch, type ClipLatch } from './clips'
import { barGroups, layout, type Bar, type MeterLayout, type Orientation, type Rect } from './layout'
import {
  lengthOf, paintBar, paintCell, paintFigure, paintHatch, paintLit, paintStill, paintUnlit, type Colours, type Pen, type Shown,
  type Sprites,
} from './paint'
import { fraction, zoneOf, type MeterSize } from './scale'
import type { LevelSource } from './source'

/** How often positions are read again: pages move their parts without telling. */
const MEASURE_MS = 500

/** A meter as its component describes it. */
export interface MeterDescription {
  meterId: string
  channels: readonly string[]
  size: MeterSize
  orientation: Orientation
  referenceDb: number
  /** How long a peak is held; 0 until it is touched. */
  holdSeconds: number
}

/** Words that are painted, and the clock that a clip is told in. */
export interface MeterWords {
  clip: string
  count(channels: number): string
  peakUnit: string
  clippedAt(at: number): string
}

/** A place on a surface, held by the component that owns the element. */
export interface Place {
  describe(description: MeterDescription): void
  /** The highest peak and hold of all bars, for assistive text; undefined without data. */
  reading(): { peak: number; hold: number } | undefined
  clipped(): boolean
  /** Puts out the clip cells and lets the held peaks go. */
  touch(): void
  remove(): void
}

export interface Surface {
  place(element: Element, description: MeterDescription): Place
}

export const SURFACE: InjectionKey<Surface> = Symbol('meter surface')

interface Placed {
  element: Element
  description: MeterDescription
  ballistics: Ballistics
  latch: ClipLatch
  made: MeterLayout
  at: { x: number; y: number }
  signature: string
  visible: boolean
  shown: (Shown | undefined)[]
  next: Shown
  figures: string[]
}

export interface SurfaceOptions {
  canvas: HTMLCanvasElement
  root: Element
  source: LevelSource
  colours: () => Colours
  words: MeterWords
  ratio: () => number
  makeCanvas?: (width: number, height: number) => HTMLCanvasElement
  pen?: Pen
}

/** All meters of one grid on one canvas. Owns the canvas' pixels; promises to touch only those that change. */
export class MeterSurface implements Surface {
  private readonly placed = new Map<Element, Placed>()
  private readonly pen: Pen
  private readonly sprites = new Map<string, Sprites>()
  private readonly seen: IntersectionObserver | undefined
  private readonly sizes: ResizeObserver | undefined
  private colours: Colours
  private stale = true
  private measuredAt = -Infinity

  constructor(private readonly options: SurfaceOptions) {
    const pen = options.pen ?? options.canvas.getContext('2d')
    if (!pen) throw new Error('cannot draw level meters: this web view has no 2D canvas')
    this.pen = pen
    this.colours = options.colours()
    if (typeof IntersectionObserver !== 'undefined') {
      this.seen = new IntersectionObserver((entries) => {
        for (const entry of entries) {
          const meter = this.placed.get(entry.target)
          if (meter) meter.visible = entry.isIntersecting
        }
      })
    }
    if (typeof ResizeObserver !== 'undefined') {
      this.sizes = new ResizeObserver(() => this.remeasure())
      this.sizes.observe(options.root)
    }
  }

  place(element: Element, description: MeterDescription): Place {
    const meter = this.make(element, description)
    this.placed.set(element, meter)
    this.seen?.observe(element)
    this.sizes?.observe(element)
    this.remeasure()
    return {
      describe: (next) => {
        const kept = { visible: meter.visible }
        Object.assign(meter, this.make(element, next), kept)
        this.remeasure()
      },
      reading: () => readingOf(meter.ballistics),
      clipped: () => meter.ballistics.clipped.includes(1),
      touch: () => {
        meter.latch.clear()
        meter.ballistics.dropHold()
      },
      remove: () => {
        this.placed.delete(element)
        this.seen?.unobserve(element)
        this.sizes?.unobserve(element)
        this.remeasure()
        // A meter that is gone leaves no level behind: it would look like one.
        this.stale = true
      },
    }
  }

  /** Reads positions again before the next picture. */
  remeasure(): void {
    this.measuredAt = -Infinity
  }

  /** Takes the colours anew and paints everything: after a change of theme or font. */
  recolour(): void {
    this.colours = this.options.colours()
    this.sprites.clear()
    this.stale = true
  }

  frame(now: number): void {
    if (now - this.measuredAt >= MEASURE_MS) {
      this.measuredAt = now
      this.measure()
    }
    if (this.stale) this.repaint()
    for (const meter of this.placed.values()) {
      if (!meter.visible) continue
      meter.ballistics.advance(now, this.options.source.frame(meter.description.meterId))
      this.paint(meter)
    }
  }

  dispose(): void {
    this.seen?.disconnect()
    this.sizes?.disconnect()
    this.placed.clear()
  }

  private make(element: Element, description: MeterDescription): Placed {
    const groups = barGroups(description.channels.length, description.size)
    const latch = clipLatch(description.meterId, description.channels.length)
    return {
      element,
      description,
      latch,
      ballistics: new Ballistics(groups, latch, description.holdSeconds === 0 ? Infinity : description.holdSeconds * 1000),
      made: layout({ ...description, width: 0, height: 0, ratio: 1, countLabel: '' }),
      at: { x: 0, y: 0 },
      signature: '',
      visible: true,
      shown: [],
      next: { lit: 0, hold: 0, holdZone: 'green', noData: true, clipped: false },
      figures: [],
    }
  }

  private measure(): void {
    const ratio = this.options.ratio()
    const root = this.options.root.getBoundingClientRect()
    const { canvas } = this.options
    const width = Math.max(1, Math.round(root.width * ratio))
    const height = Math.max(1, Math.round(root.height * ratio))
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width
      canvas.height = height
      canvas.style.width = `${width / ratio}px`
      canvas.style.height = `${height / ratio}px`
      this.stale = true
    }
    for (const meter of this.placed.values()) {
      const box = meter.element.getBoundingClientRect()
      const at = { x: Math.round((box.left - root.left) * ratio), y: Math.round((box.top - root.top) * ratio) }
      const signature = `${at.x},${at.y},${box.width},${box.height},${ratio}`
      if (signature === meter.signature) continue
      meter.signature = signature
      meter.at = at
      meter.made = layout({
        ...meter.description,
        width: box.width,
        height: box.height,
        ratio,
        countLabel: this.options.words.count(meter.description.channels.length),
      })
      this.stale = true
    }
  }

  private repaint(): void {
    this.stale = false
    this.pen.clearRect(0, 0, this.options.canvas.width, this.options.canvas.height)
    for (const meter of this.placed.values()) {
      paintStill(this.pen, meter.made, meter.at, this.colours)
      meter.shown = []
      meter.figures = []
      // What is out of sight now is painted too, so that scrolling never shows a hole.
      if (!meter.visible) this.paint(meter)
    }
  }

  private paint(meter: Placed): void {
    const { made, ballistics, at, next } = meter
    for (let i = 0; i < made.bars.length; i += 1) {
      const bar = made.bars[i]!
      const length = lengthOf(bar, made.orientation)
      next.noData = ballistics.noData
      next.lit = Math.round(fraction(ballistics.shown[i]!) * length)
      next.hold = Math.round(fraction(ballistics.hold[i]!) * length)
      next.holdZone = zoneOf(ballistics.hold[i]!)
      next.clipped = ballistics.clipped[i] === 1
      const shown = meter.shown[i]
      paintBar(this.pen, bar, made.orientation, at, this.spritesOf(bar, made.orientation), this.colours, shown, next)
      if (shown?.clipped !== next.clipped) paintCell(this.pen, bar.cell, at, next.clipped, this.options.words.clip, this.colours)
      if (bar.figure) this.figure(meter, i, bar, bar.figure)
      if (shown) Object.assign(shown, next)
      else meter.shown[i] = { ...next }
    }
  }

  private figure(meter: Placed, i: number, bar: Bar, box: Rect): void {
    const { ballistics, made } = meter
    if (made.figureSize < 11) return
    const value = ballistics.figure[i]!
    const clipped = ballistics.clipped[i] === 1
    const figure = ballistics.noData ? '–' : level(value)
    const key = clipped ? `${figure} ${meter.latch.lastAt(bar.first, bar.end)}` : figure
    if (meter.figures[i] === key) return
    meter.figures[i] = key
    const { words } = this.options
    const beneath = clipped ? words.clippedAt(meter.latch.lastAt(bar.first, bar.end)) : words.peakUnit
    const caption = made.figureCaption ? beneath : ''
    const pair = made.bars.length === 2
    const align = pair ? (i === 0 ? 'left' : 'right') : 'center'
    paintFigure(this.pen, box, meter.at, made.figureSize, align, { figure, caption, alarm: clipped && value > -0.05 }, this.colours)
  }

  private spritesOf(bar: Bar, orientation: Orientation): Sprites {
    const key = `${bar.w}x${bar.h}${orientation}`
    let made = this.sprites.get(key)
    if (!made) {
      const draw = (paint: (pen: Pen) => void): CanvasImageSource => {
        const canvas = (this.options.makeCanvas ?? blankCanvas)(bar.w, bar.h)
        const pen = canvas.getContext('2d')
        if (pen) paint(pen)
        return canvas
      }
      made = {
        unlit: draw((pen) => paintUnlit(pen, bar, orientation, this.colours)),
        lit: draw((pen) => paintLit(pen, bar, orientation, this.colours)),
        hatch: draw((pen) => paintHatch(pen, bar, this.colours, this.options.ratio())),
      }
      this.sprites.set(key, made)
    }
    return made
  }
}

function blankCanvas(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  return canvas
}

function readingOf(ballistics: Ballistics): { peak: number; hold: number } | undefined {
  if (ballistics.noData) return undefined
  return { peak: Math.max(...ballistics.shown), hold: Math.max(...ballistics.hold) }
}
