const two = (value: number) => String(value).padStart(2, '0')

/** Time since a start, seconds cut off: `0:41:07`, from 24 h `12 d 04:58`. */
export function elapsed(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000)
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  if (hours < 24) return `${hours}:${two(minutes)}:${two(seconds % 60)}`
  return `${Math.floor(hours / 24)} d ${two(hours % 24)}:${two(minutes)}`
}

/** A short span under a message: `42 s`, `7 min`, `2 h`, `3 d`. */
export function age(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000)
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** A round length in words, nothing rounded: `45 s`, `2 min`, `1 min 30 s`. */
export function inWords(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000)
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60]
  return [minutes > 0 ? `${minutes} min` : '', rest > 0 || minutes === 0 ? `${rest} s` : ''].filter(Boolean).join(' ')
}

/** A length to the sample's millisecond, as clips need it: `5:25.500`, `1:05:25.500`. */
export function exactLength(ms: number): string {
  const whole = Math.round(Math.max(0, ms))
  const hours = Math.floor(whole / 3_600_000)
  const minutes = Math.floor(whole / 60_000) % 60
  const rest = `${two(Math.floor(whole / 1000) % 60)}.${String(whole % 1000).padStart(3, '0')}`
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`
}

/** `2:00`, for pre-roll and silence. */
export function minutesSeconds(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000)
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`
}

/** Spoken in full, for assistive technology: `12 days 4 hours 58 minutes`. */
export function spoken(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000)
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'day'],
    [Math.floor(seconds / 3600) % 24, 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ]
  const said = parts.filter(([count]) => count > 0).slice(0, 3)
  if (said.length === 0) return '0 seconds'
  return said.map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`).join(' ')
}
