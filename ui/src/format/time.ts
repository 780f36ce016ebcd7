/** Instants are milliseconds since 1970 UTC; the zone is an IANA name, the station's unless a text says otherwise. */

interface Civil {
  year: number
  month: number
  day: number
  weekday: string
  hour: number
  minute: number
  second: number
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(key: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const id = `${key} ${zone}`
  let made = formatters.get(id)
  if (!made) {
    made = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone })
    formatters.set(id, made)
  }
  return made
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const
const LONG_MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
] as const
const LONG_DAYS: Record<string, string> = {
  Mon: 'Monday', Tue: 'Tuesday', Wed: 'Wednesday', Thu: 'Thursday', Fri: 'Friday', Sat: 'Saturday', Sun: 'Sunday',
}

function civil(at: number, zone: string): Civil {
  const parts = formatter('civil', zone, {
    year: 'numeric', month: 'numeric', day: 'numeric', weekday: 'short',
    hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23',
  }).formatToParts(at)
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? ''
  return {
    year: Number(of('year')), month: Number(of('month')), day: Number(of('day')), weekday: of('weekday'),
    hour: Number(of('hour')), minute: Number(of('minute')), second: Number(of('second')),
  }
}

const two = (value: number) => String(value).padStart(2, '0')

/** `07:58:32`. */
export function clock(at: number, zone: string): string {
  const c = civil(at, zone)
  return `${two(c.hour)}:${two(c.minute)}:${two(c.second)}`
}

/** `07:58`, for spans and forecasts. */
export function clockMinutes(at: number, zone: string): string {
  return clock(at, zone).slice(0, 5)
}

/** `14:31:20.000`, cut off, for places in audio. */
export function exactClock(at: number, zone: string): string {
  const whole = Math.floor(at)
  return `${clock(whole, zone)}.${String(((whole % 1000) + 1000) % 1000).padStart(3, '0')}`
}

/** `Sat 14 Mar 2026`. */
export function date(at: number, zone: string): string {
  const c = civil(at, zone)
  return `${c.weekday} ${c.day} ${MONTHS[c.month - 1]} ${c.year}`
}

/** `Saturday 14 March`, for the kiosk. */
export function kioskDate(at: number, zone: string): string {
  const c = civil(at, zone)
  return `${LONG_DAYS[c.weekday] ?? c.weekday} ${c.day} ${LONG_MONTHS[c.month - 1]}`
}

/** `2026-03-14`, the key of a day. */
export function dayKey(at: number, zone: string): string {
  const c = civil(at, zone)
  return `${c.year}-${two(c.month)}-${two(c.day)}`
}

/** When a day begins in a zone, by its key; where that midnight does not exist, close to it. */
export function dayBegins(key: string, zone: string): number {
  const reading = Date.parse(`${key}T00:00:00Z`)
  let at = reading
  // Twice: the first step may cross a change of clocks.
  for (let step = 0; step < 2; step += 1) at -= wallSeconds(at, zone) * 1000 - reading
  return at
}

/** `CET`, `CEST`, `UTC`; `GMT+9` where a zone has no letters. */
export function zoneName(at: number, zone: string): string {
  const parts = formatter('zone', zone, { timeZoneName: 'short', hour: 'numeric' }).formatToParts(at)
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone
}

function wallSeconds(at: number, zone: string): number {
  const c = civil(at, zone)
  return Date.UTC(c.year, c.month - 1, c.day, c.hour, c.minute, c.second) / 1000
}

/** Which of the two times with this reading an instant is, when clocks were set back over it. */
export function repeated(at: number, zone: string): 'first' | 'second' | undefined {
  const reading = wallSeconds(at, zone)
  // Clocks go back by an hour, on Lord Howe Island by half of one.
  for (const step of [3_600_000, 1_800_000]) {
    if (wallSeconds(at + step, zone) === reading) return 'first'
    if (wallSeconds(at - step, zone) === reading) return 'second'
  }
  return undefined
}

/** `07:58:32`, and in a repeated hour `02:14:00 CEST (first)`. */
export function unmistakableClock(at: number, zone: string): string {
  const which = repeated(at, zone)
  return which ? `${clock(at, zone)} ${zoneName(at, zone)} (${which})` : clock(at, zone)
}

/** `Tue 21 Apr, 04:00`, with the year when it is another one than now's. */
export function moment(at: number, now: number, zone: string): string {
  const c = civil(at, zone)
  const year = c.year === civil(now, zone).year ? '' : ` ${c.year}`
  return `${c.weekday} ${c.day} ${MONTHS[c.month - 1]}${year}, ${two(c.hour)}:${two(c.minute)}`
}

/** `06:00–07:00` today, `Fri, 22:00–00:00` within a week, `Sat 14 Mar, 22:00–00:00` before. */
export function span(from: number, to: number, now: number, zone: string): string {
  const times = `${clockMinutes(from, zone)}–${clockMinutes(to, zone)}`
  if (dayKey(from, zone) === dayKey(now, zone)) return times
  const c = civil(from, zone)
  if (now - from < 6 * 86_400_000 && from < now) return `${c.weekday}, ${times}`
  return `${c.weekday} ${c.day} ${MONTHS[c.month - 1]}, ${times}`
}
