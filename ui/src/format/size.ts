const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** Three figures of a positive number: `1.62`, `93.7`, `512`. */
function threeFigures(value: number): string {
  if (value >= 100) return value.toFixed(0)
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** Decimal units, three figures: `93.7 MB`, `1.62 TB`; whole bytes below a kilobyte. */
export function size(bytes: number): string {
  let value = Math.max(0, bytes)
  let unit = 0
  // 999.5 would round to 1000 of the smaller unit.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? value.toFixed(0) : threeFigures(value)} ${UNITS[unit]}`
}
