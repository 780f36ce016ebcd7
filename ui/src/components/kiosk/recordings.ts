import { elapsed, loss, span } from '../../format'
import type { FileEntry } from '../../stores'
import { t } from '../../strings'

/** When a recording was, as a presenter says it: `06:00–07:00`, `Fri, 22:00–00:00`. */
export function spanOf(file: FileEntry, now: number, zone: string): string {
  const from = Date.parse(file.start)
  return span(from, from + file.duration_s * 1000, now, zone)
}

/** `1:00:00 · complete`, `1:00:00 · 0.012 s missing`. */
export function howItIs(file: FileEntry): string {
  return `${elapsed(file.duration_s * 1000)} · ${wholeness(file)}`
}

function wholeness(file: FileEntry): string {
  switch (file.state) {
    case 'growing':
      return t('kiosk.growing')
    case 'faulted':
      return t('kiosk.faulted')
    case 'complete':
      return file.missing_s > 0 ? t('kiosk.gapsIn', { loss: loss(file.missing_s * 1000) }) : t('kiosk.complete')
  }
}
