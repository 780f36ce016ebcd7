import type { LevelLayout } from './contract'

/** The latest levels of one meter. */
interface Entry {
  /** Milliseconds of `performance.now()`; −∞ without data. */
  at: number
  peak: Float32Array
  rms: Float32Array
  clips: Float32Array
}

/** Generation and sequence stand before the meters. */
const HEAD = 2
/** Peak, RMS, clips. */
const PER_CHANNEL = 3

/**
 * The latest frame of levels, outside Vue: written by the transport 30 times a second, read by the meters once a
 * picture. Nothing is allocated for a frame.
 */
export class LevelBoard {
  private generation = -1
  private entries: Entry[] = []
  private byId = new Map<string, Entry>()
  private floats = HEAD
  private refusedFrames = 0

  /** From now on frames are laid out like this. Meters that stay keep what they show until their next frame. */
  setLayout(layout: LevelLayout): void {
    if (layout.generation === this.generation) return
    const before = this.byId
    this.generation = layout.generation
    this.byId = new Map()
    this.floats = HEAD
    this.entries = layout.meters.map(({ id, channels }) => {
      const kept = before.get(id)
      const entry = kept?.peak.length === channels.length ? kept : blank(channels.length)
      this.byId.set(id, entry)
      this.floats += 1 + PER_CHANNEL * channels.length
      return entry
    })
  }

  /** Takes a frame that arrived at `now`. One of another layout is refused: its place in the array would be a guess. */
  take(frame: ArrayBuffer, now: number): boolean {
    const values = frame.byteLength === this.floats * 4 ? new Float32Array(frame) : undefined
    if (!values || values[0] !== this.generation) {
      this.refusedFrames += 1
      return false
    }
    let at = HEAD
    for (const entry of this.entries) {
      const age = values[at]!
      at += 1
      if (age < 0) {
        entry.at = -Infinity
        at += PER_CHANNEL * entry.peak.length
        continue
      }
      entry.at = now - age
      for (let channel = 0; channel < entry.peak.length; channel += 1) {
        entry.peak[channel] = values[at]!
        entry.rms[channel] = values[at + 1]!
        entry.clips[channel] = values[at + 2]!
        at += PER_CHANNEL
      }
    }
    return true
  }

  frame(meterId: string): Entry | undefined {
    const entry = this.byId.get(meterId)
    return entry && entry.at > -Infinity ? entry : undefined
  }

  /** Frames of a layout that was not the current one. */
  get refused(): number {
    return this.refusedFrames
  }
}

function blank(channels: number): Entry {
  return {
    at: -Infinity,
    peak: new Float32Array(channels),
    rms: new Float32Array(channels),
    clips: new Float32Array(channels),
  }
}
