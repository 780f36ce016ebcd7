import type { Gap } from '../../stores'

export const STRIP_MS = 60_000
/** A lost packet is a thousandth of a second: it is shown, whatever its length. */
const NARROWEST = 0.009

/** A piece of the strip, as fractions of its length. */
export interface Mark {
  from: number
  width: number
}

/** Where audio is missing in the minute before `now`, oldest first. */
export function marks(gaps: readonly Gap[], now: number): Mark[] {
  const begin = now - STRIP_MS
  return gaps
    .map((gap) => ({ from: Date.parse(gap.at), to: Date.parse(gap.at) + gap.length_s * 1000 }))
    .filter(({ from, to }) => to > begin && from < now)
    .sort((a, b) => a.from - b.from)
    .map(({ from, to }) => {
      const start = Math.max(0, (from - begin) / STRIP_MS)
      const end = Math.min(1, (to - begin) / STRIP_MS)
      const width = Math.max(NARROWEST, end - start)
      return { from: Math.min(start, 1 - width), width }
    })
}
