/** The clip latch of one meter: lit while a channel has clipped more often than was last acknowledged. */
export class ClipLatch {
  private readonly seen: Float64Array
  private readonly acknowledged: Float64Array
  private readonly at: Float64Array
  private known = false

  constructor(channels: number) {
    this.seen = new Float64Array(channels)
    this.acknowledged = new Float64Array(channels)
    this.at = new Float64Array(channels)
  }

  /** Takes the counts of a frame. What was counted before this page first looked is not news. */
  see(counts: Float32Array, at: number): void {
    for (let channel = 0; channel < this.seen.length; channel += 1) {
      const count = counts[channel]!
      if (!this.known) {
        this.seen[channel] = count
        this.acknowledged[channel] = count
      }
      // Fewer than before: the source was connected anew and counts from nothing.
      if (count < this.seen[channel]!) {
        this.seen[channel] = 0
        this.acknowledged[channel] = 0
      }
      if (count > this.seen[channel]!) this.at[channel] = at
      this.seen[channel] = count
    }
    this.known = true
  }

  /** Whether any of the channels `[first, end)` is lit. */
  lit(first: number, end: number): boolean {
    for (let channel = first; channel < end; channel += 1) {
      if (this.seen[channel]! > this.acknowledged[channel]!) return true
    }
    return false
  }

  /** When one of the channels `[first, end)` clipped last, in the time of the frames; 0 if none did. */
  lastAt(first: number, end: number): number {
    let last = 0
    for (let channel = first; channel < end; channel += 1) last = Math.max(last, this.at[channel]!)
    return last
  }

  /** Puts out every cell; the counts stay with the engine. */
  clear(): void {
    this.acknowledged.set(this.seen)
  }
}

const latches = new Map<string, ClipLatch>()

/** The latch of a meter. It outlives the pages that show it, so that leaving a page does not put out a light. */
export function clipLatch(meterId: string, channels: number): ClipLatch {
  const key = `${meterId}/${channels}`
  let latch = latches.get(key)
  if (!latch) {
    latch = new ClipLatch(channels)
    latches.set(key, latch)
  }
  return latch
}
