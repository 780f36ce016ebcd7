import type { ClipLatch } from './clips'
import type { LevelFrame } from './source'
import { BOTTOM_DB } from './scale'

/** 20 dB in 1.7 s. */
export const RETURN_DB_PER_S = 20 / 1.7
export const NO_DATA_MS = 500
/** A page that was hidden does not fall through its whole scale in one step. */
const LONGEST_STEP_MS = 100
/** Five figures a second can be read; a rise is shown at once. */
const FIGURE_MS = 200

/** What each bar of one meter shows, moved on by elapsed time. Allocates only when it is made. */
export class Ballistics {
  readonly shown: Float32Array
  readonly hold: Float32Array
  /** 1 where the clip latch is lit. */
  readonly clipped: Uint8Array
  /** The peak figure: the hold, as often as it can be read. */
  readonly figure: Float32Array
  noData = true
  private readonly holdUntil: Float64Array
  private readonly figureAt: Float64Array
  private frameAt = -Infinity
  private last = -Infinity

  /** `groups` says which channels each bar stands for: `[first, end)`. */
  constructor(
    private readonly groups: readonly (readonly [first: number, end: number])[],
    private readonly latch: ClipLatch,
    private readonly holdMs = 2000,
  ) {
    const bars = groups.length
    this.shown = new Float32Array(bars).fill(BOTTOM_DB)
    this.hold = new Float32Array(bars).fill(BOTTOM_DB)
    this.figure = new Float32Array(bars).fill(-Infinity)
    this.clipped = new Uint8Array(bars)
    this.holdUntil = new Float64Array(bars)
    this.figureAt = new Float64Array(bars).fill(-Infinity)
  }

  /** Moves every bar on to `now`, with the latest levels or none. */
  advance(now: number, frame: LevelFrame | undefined): void {
    if (!frame || now - frame.at > NO_DATA_MS) {
      this.lose(now)
      return
    }
    const step = Math.min(Math.max(now - this.last, 0), LONGEST_STEP_MS)
    const fall = this.noData ? 0 : (RETURN_DB_PER_S * step) / 1000
    const fresh = frame.at !== this.frameAt
    this.last = now
    this.frameAt = frame.at
    this.noData = false
    if (fresh) this.latch.see(frame.clips, frame.at)
    for (let bar = 0; bar < this.groups.length; bar += 1) {
      const [first, end] = this.groups[bar]!
      let peak = -Infinity
      for (let channel = first; channel < end; channel += 1) {
        const value = frame.peak[channel]!
        if (value > peak) peak = value
      }
      const fallen = Math.max(this.shown[bar]! - fall, BOTTOM_DB)
      // A level counts once, when it comes; between frames the bar returns.
      const shown = fresh ? Math.max(peak, fallen) : fallen
      this.shown[bar] = shown
      this.holdPeak(bar, now, fall, fresh ? peak : -Infinity)
      this.readFigure(bar, now)
      this.clipped[bar] = this.latch.lit(first, end) ? 1 : 0
    }
  }

  /** Lets the held peaks go: a touch, for those that are held until then. */
  dropHold(): void {
    this.holdUntil.fill(-Infinity)
    this.hold.set(this.shown)
  }

  private holdPeak(bar: number, now: number, fall: number, peak: number): void {
    if (peak >= this.hold[bar]!) {
      this.hold[bar] = peak
      this.holdUntil[bar] = now + this.holdMs
    } else if (now > this.holdUntil[bar]!) {
      this.hold[bar] = Math.max(this.hold[bar]! - fall, this.shown[bar]!)
    }
  }

  private readFigure(bar: number, now: number): void {
    const hold = this.hold[bar]! <= BOTTOM_DB ? -Infinity : this.hold[bar]!
    if (hold > this.figure[bar]! || now - this.figureAt[bar]! >= FIGURE_MS) {
      this.figure[bar] = hold
      this.figureAt[bar] = now
    }
  }

  private lose(now: number): void {
    this.noData = true
    this.last = now
    this.shown.fill(BOTTOM_DB)
    this.hold.fill(BOTTOM_DB)
    this.figure.fill(-Infinity)
    this.figureAt.fill(-Infinity)
  }
}
