import type { ArchiveClock, Bits, Format, GapCause, Layout, Output, Writing } from '@/stores'
import { t } from '@/strings'

export const FORMATS: readonly Format[] = ['wav', 'flac', 'opus', 'mp3']
export const LAYOUTS: readonly Layout[] = ['flat', 'hierarchy', 'combo', 'dailydir', 'hourlydir', 'accurate', 'custom']
export const CLOCKS: readonly ArchiveClock[] = ['localtime', 'utc', 'tai']
export const PERIODS_S: readonly number[] = [0, 60, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400]
export const BITRATES: Record<'opus' | 'mp3', readonly number[]> = {
  opus: [24_000, 32_000, 48_000, 64_000, 96_000, 128_000, 192_000, 256_000, 320_000, 510_000],
  mp3: [32_000, 64_000, 96_000, 128_000, 160_000, 192_000, 256_000, 320_000],
}

export function formatWord(format: Format): string {
  return t(`recorder.${format}`)
}

export function bitsWord(bits: Bits): string {
  return t(`recorder.bits${bits}`)
}

export function layoutWord(layout: Layout): string {
  switch (layout) {
    case 'flat':
      return t('recorder.layoutFlat')
    case 'hierarchy':
      return t('recorder.layoutHierarchy')
    case 'combo':
      return t('recorder.layoutCombo')
    case 'dailydir':
      return t('recorder.layoutDailydir')
    case 'hourlydir':
      return t('recorder.layoutHourlydir')
    case 'accurate':
      return t('recorder.layoutAccurate')
    case 'custom':
      return t('recorder.layoutCustom')
  }
}

export function clockWord(clock: ArchiveClock): string {
  switch (clock) {
    case 'localtime':
      return t('recorder.clockLocal')
    case 'utc':
      return t('recorder.clockUtc')
    case 'tai':
      return t('recorder.clockTai')
  }
}

/** The largest unit that a period is a whole number of. */
export function periodWord(seconds: number): string {
  if (seconds === 0) return t('recorder.periodNone')
  if (seconds % 86_400 === 0) return t('recorder.periodDays', { n: seconds / 86_400 })
  if (seconds % 3600 === 0) return t('recorder.periodHours', { n: seconds / 3600 })
  if (seconds % 60 === 0) return t('recorder.periodMinutes', { n: seconds / 60 })
  return t('recorder.periodSeconds', { n: seconds })
}

export function kilobits(bitrate: number): string {
  return t('recorder.kilobits', { n: bitrate / 1000 })
}

/** `WAV 24-bit`, `Opus 128 kb/s`. */
export function outputWord(output: Output): string {
  switch (output.format) {
    case 'wav':
    case 'flac':
      return `${formatWord(output.format)} ${bitsWord(output.bits ?? '24')}`
    case 'opus':
      return `${formatWord(output.format)} ${kilobits(output.bitrate ?? 128_000)}`
    case 'mp3':
      return `${formatWord(output.format)} ${kilobits(output.bitrate ?? 192_000)}`
  }
}

export function outputsWord(writing: Writing): string {
  return writing.outputs.map(outputWord).join(' + ')
}

export function causeWord(cause: GapCause): string {
  switch (cause) {
    case 'loss':
      return t('recorder.causeLoss')
    case 'outage':
      return t('recorder.causeOutage')
    case 'restart':
      return t('recorder.causeRestart')
    case 'overrun':
      return t('recorder.causeOverrun')
    case 'disk-full':
      return t('recorder.causeDiskFull')
    case 'write-failed':
      return t('recorder.causeWriteFailed')
    case 'source-changed':
      return t('recorder.causeSourceChanged')
  }
}

/** Whether nothing was recorded, rather than something lost on the way. */
export function causeIsFault(cause: GapCause): boolean {
  switch (cause) {
    case 'outage':
    case 'disk-full':
    case 'write-failed':
    case 'source-changed':
      return true
    case 'loss':
    case 'restart':
    case 'overrun':
      return false
  }
}
