/** How good a clock is, in words. */
import type { ClockLock, ClockQuality, ClockReference, LightLevel, PtpState } from '../../stores'
import { t } from '../../strings'

export function lockOf(lock: ClockLock): string {
  switch (lock) {
    case 'locked':
      return t('clock.locked')
    case 'holdover':
      return t('clock.holdover')
    case 'free':
      return t('clock.free')
    case 'system':
      return t('clock.machineDecides')
  }
}

export function referenceOf(reference: ClockReference): string {
  switch (reference) {
    case 'system':
      return t('clock.system')
    case 'software':
      return t('clock.software')
    case 'hardware':
      return t('clock.hardware')
  }
}

export function ptpState(state: PtpState): { level: LightLevel; text: string } {
  switch (state) {
    case 'listening':
      return { level: 'unknown', text: t('clock.stateListening') }
    case 'locked':
      return { level: 'ok', text: t('clock.stateLocked') }
    case 'changed':
      return { level: 'ok', text: t('clock.stateChanged') }
    case 'lost':
      return { level: 'warn', text: t('clock.stateLost') }
    case 'insane':
      return { level: 'warn', text: t('clock.stateInsane') }
  }
}

const S = 1_000_000_000

/** A difference of two clocks: `+41.2 µs`, `−37.0 s`; days where one of them is far off. */
export function apart(ns: number): string {
  return `${ns < 0 ? '−' : '+'}${length(ns)}`
}

/** A length of time without its sign: `320 ns`, `1.5 ms`. */
export function length(ns: number): string {
  const size = Math.abs(ns)
  if (size < 1000) return `${Math.round(size)} ns`
  if (size < 1_000_000) return `${(size / 1000).toFixed(1)} µs`
  if (size < S) return `${(size / 1_000_000).toFixed(1)} ms`
  return size < 86_400 * S ? `${(size / S).toFixed(1)} s` : `${Math.floor(size / (86_400 * S))} d`
}

export function qualityOf(quality: ClockQuality): string {
  const lock = lockOf(quality.lock)
  if (quality.lock !== 'locked' || quality.grandmaster === null) {
    return t('clock.quality', { lock, reference: referenceOf(quality.reference) })
  }
  const off = quality.offset_ns === null ? t('clock.offsetUnknown') : apart(quality.offset_ns)
  return t('clock.qualityOf', { lock, grandmaster: quality.grandmaster, domain: quality.domain ?? '', offset: off })
}
