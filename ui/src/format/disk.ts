import { moment } from './time'

const HOUR_MS = 3_600_000
const WARN_MS = 14 * 24 * HOUR_MS
const FAULT_MS = 48 * HOUR_MS

export type DiskHealth = 'ok' | 'warn' | 'fault'

/** How a disk stands by when it will be full: warn under 14 days, fault under 48 hours. */
export function diskHealth(fullAt: number | undefined, now: number): DiskHealth {
  if (fullAt === undefined) return 'ok'
  const left = fullAt - now
  if (left < FAULT_MS) return 'fault'
  return left < WARN_MS ? 'warn' : 'ok'
}

/** What is left, cut off: `{ count: 38, unit: 'day' }` over 48 h, then hours. */
export function timeLeft(fullAt: number, now: number): { count: number; unit: 'day' | 'hour' } {
  const hours = Math.max(0, Math.floor((fullAt - now) / HOUR_MS))
  return hours > 48 ? { count: Math.floor(hours / 24), unit: 'day' } : { count: hours, unit: 'hour' }
}

/** The moment at which a disk is full: `Tue 21 Apr, 04:00`. */
export function fullMoment(fullAt: number, now: number, zone: string): string {
  return moment(fullAt, now, zone)
}
