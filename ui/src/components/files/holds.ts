/** Holds on recordings: which of them still hold, and how they read. */
import { useStatusStore, type FileEntry, type Hold } from '../../stores'
import { date, dayBegins, dayKey, moment } from '../../format'
import { t } from '../../strings'

/** It ended by itself, by the station's clock. */
export function isOver(hold: Hold, now: number): boolean {
  return hold.expired || (hold.until !== null && Date.parse(hold.until) <= now)
}

/** What keeps a recording now. */
export function holding(file: FileEntry, now: number): Hold[] {
  return file.holds.filter((hold) => !isOver(hold, now))
}

/** Whether a recording is held now, by the station's clock. */
export function useHeld(): (file: FileEntry) => boolean {
  const status = useStatusStore()
  // Most have no holds, and those need no clock.
  return (file) => file.holds.length > 0 && holding(file, status.now).length > 0
}

/** Until when. What ends at midnight ends with the day before. */
export function untilOf(hold: Hold, now: number, zone: string): string {
  if (hold.until === null) return t('files.holdEndless')
  const until = Date.parse(hold.until)
  const over = isOver(hold, now)
  if (dayBegins(dayKey(until, zone), zone) === until) {
    const day = date(until - 1, zone)
    return over ? t('files.holdExpiredDay', { day }) : t('files.holdUntilDay', { day })
  }
  const time = moment(until, now, zone)
  return over ? t('files.holdExpired', { time }) : t('files.holdUntil', { time })
}
