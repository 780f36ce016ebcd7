/** Below this a level counts as digital silence: 24-bit audio ends at −144.5 dB. */
const SILENCE_DB = -150

/** A number with a typographic minus and a fixed number of decimals; zero never carries a sign. */
export function signed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals)
  return value < 0 && Number(text) !== 0 ? `−${text}` : text
}

/** `−12.4`, `0.0`, `−∞` for digital silence. */
export function level(db: number): string {
  return db <= SILENCE_DB || Number.isNaN(db) ? '−∞' : signed(db, 1)
}

/** `±0.4 µs`, from nanoseconds. */
export function offset(ns: number): string {
  const size = Math.abs(ns)
  if (size < 1000) return `±${Math.round(size)} ns`
  if (size < 1_000_000) return `±${(size / 1000).toFixed(1)} µs`
  if (size < 1_000_000_000) return `±${(size / 1_000_000).toFixed(1)} ms`
  return `±${(size / 1_000_000_000).toFixed(1)} s`
}

/** `48 kHz`, `44.1 kHz`. */
export function sampleRate(hz: number): string {
  return `${Number((hz / 1000).toFixed(3))} kHz`
}

/** `64 × L24`. */
export function channelsOf(count: number, encoding: string): string {
  return `${count} × ${encoding}`
}
