/** The scale of IEC 60268-18: dB to the fraction of a bar, and back. */

const LAW: readonly (readonly [db: number, fraction: number])[] = [
  [-70, 0],
  [-60, 0.025],
  [-50, 0.075],
  [-40, 0.15],
  [-30, 0.3],
  [-20, 0.5],
  [-10, 0.75],
  [0, 1],
]

export const BOTTOM_DB = -70

/** How much of a bar a level fills, 0 to 1. */
export function fraction(db: number): number {
  if (!(db > BOTTOM_DB)) return 0
  for (let i = 1; i < LAW.length; i += 1) {
    const [toDb, to] = LAW[i]!
    if (db <= toDb) {
      const [fromDb, from] = LAW[i - 1]!
      return from + ((db - fromDb) / (toDb - fromDb)) * (to - from)
    }
  }
  return 1
}

/** The level at a fraction of a bar: the inverse of `fraction`. */
export function levelAt(part: number): number {
  if (!(part > 0)) return BOTTOM_DB
  for (let i = 1; i < LAW.length; i += 1) {
    const [toDb, to] = LAW[i]!
    if (part <= to) {
      const [fromDb, from] = LAW[i - 1]!
      return fromDb + ((part - from) / (to - from)) * (toDb - fromDb)
    }
  }
  return 0
}

export type Zone = 'green' | 'yellow' | 'orange' | 'red'

/** Zones by their place on the bar, from the bottom. */
export const ZONES: readonly { zone: Zone; fromDb: number; toDb: number }[] = [
  { zone: 'green', fromDb: BOTTOM_DB, toDb: -12 },
  { zone: 'yellow', fromDb: -12, toDb: -6 },
  { zone: 'orange', fromDb: -6, toDb: -3 },
  { zone: 'red', fromDb: -3, toDb: 0 },
]

/** The zone a level lies in; a boundary belongs to the zone below it, as the bar's pixels do. */
export function zoneOf(db: number): Zone {
  return ZONES.find(({ toDb }) => db <= toDb)?.zone ?? 'red'
}

export type MeterSize = 'full' | 'compact' | 'mini'

/** The figures beside a bar. */
export const FIGURES: Record<MeterSize, readonly number[]> = {
  full: [0, -3, -6, -12, -18, -24, -30, -40, -60],
  compact: [0, -6, -12, -18, -30, -40, -60],
  mini: [],
}

/** Ticks of `full` without a figure: every dB above −20, every 5 dB below. */
export const TICKS: readonly number[] = [
  ...Array.from({ length: 20 }, (_, i) => -i),
  ...[-25, -35, -45, -50, -55],
].filter((db) => !FIGURES.full.includes(db))
