/** Lost audio: `1.284 s` to a minute, `2 min 03.4 s` beyond. Rounded up, so that a loss is never shown as none. */
export function loss(ms: number): string {
  const whole = Math.ceil(Math.max(0, ms))
  if (whole < 60_000) return `${(whole / 1000).toFixed(3)} s`
  const tenths = Math.ceil(whole / 100)
  const seconds = (tenths % 600) / 10
  return `${Math.floor(tenths / 600)} min ${seconds.toFixed(1).padStart(4, '0')} s`
}

/** A loss that still grows, to one decimal and cut off: `42.0 s`. */
export function growingLoss(ms: number): string {
  const tenths = Math.floor(Math.max(0, ms) / 100)
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`
  return `${Math.floor(tenths / 600)} min ${((tenths % 600) / 10).toFixed(1).padStart(4, '0')} s`
}

/** Completeness to three decimals, rounded down: with any loss at most `99.999 %`. */
export function completeness(presentSamples: number, expectedSamples: number): string {
  if (expectedSamples <= 0) return '–'
  const missing = expectedSamples - presentSamples
  if (missing <= 0) return '100 %'
  // Computed from what is missing: a small loss does not drown in the quotient's last digit.
  const thousandths = Math.min(99_999, Math.floor(100_000 - (missing / expectedSamples) * 100_000))
  return `${(Math.max(0, thousandths) / 1000).toFixed(3)} %`
}
