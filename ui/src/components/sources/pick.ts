/** Which channels of a stream are recorded, in which order. Channels count from 1. */
export type Pick = readonly number[]

export function allOf(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1)
}

/** Touching a channel puts it last, or takes it out. With pairs, its neighbour comes and goes with it. */
export function touch(pick: Pick, channel: number, count: number, pairs: boolean): number[] {
  const first = channel - ((channel - 1) % 2)
  const touched = pairs ? [first, first + 1].filter((one) => one <= count) : [channel]
  if (touched.every((one) => pick.includes(one))) return pick.filter((one) => !touched.includes(one))
  return [...pick, ...touched.filter((one) => !pick.includes(one))]
}

/** One place earlier (−1) or later (1). */
export function move(pick: Pick, channel: number, by: -1 | 1): number[] {
  const at = pick.indexOf(channel)
  const to = at + by
  if (at < 0 || to < 0 || to >= pick.length) return [...pick]
  const moved = pick.filter((one) => one !== channel)
  moved.splice(to, 0, channel)
  return moved
}

/** The stream has another number of channels now: whoever had all keeps all. */
export function resized(pick: Pick, before: number, now: number): number[] {
  if (isAll(pick, before)) return allOf(now)
  return pick.filter((one) => one <= now)
}

export function isAll(pick: Pick, count: number): boolean {
  return pick.length === count && pick.every((one, i) => one === i + 1)
}

/** Bytes a day as 24-bit WAV. */
export function bytesADay(channels: number, rateHz: number): number {
  return channels * rateHz * 3 * 86_400
}
