/** How a recording reads. */
import { inWords, loss, sampleRate, size } from '../../format'
import type { Drift, FileEntry, Format, GapCause, Job } from '../../stores'
import { t } from '../../strings'

/** Names of formats are the same in every language. */
export function formatName(format: Format): string {
  switch (format) {
    case 'wav':
      return 'WAV'
    case 'opus':
      return 'Opus'
    case 'flac':
      return 'FLAC'
    case 'mp3':
      return 'MP3'
  }
}

export function formatOf(file: FileEntry): string {
  return t('files.formatOf', { format: formatName(file.format), rate: sampleRate(file.sample_rate) })
}

export type Mood = 'quiet' | 'ok' | 'warn' | 'fault'

/** What there is to say about how whole a recording is. */
export function wholeness(file: FileEntry): { mood: Mood; text: string } {
  switch (file.state) {
    case 'growing':
      return { mood: file.gaps > 0 ? 'warn' : 'quiet', text: file.gaps > 0 ? gapsOf(file) : t('files.growing') }
    case 'faulted':
      return { mood: 'fault', text: t('files.faulted') }
    case 'complete':
      return file.gaps > 0 ? { mood: 'warn', text: gapsOf(file) } : { mood: 'ok', text: t('files.complete') }
  }
}

function gapsOf(file: FileEntry): string {
  return t('files.gaps', { n: file.gaps, loss: loss(file.missing_s * 1000) })
}

export function causeOf(cause: GapCause): string {
  switch (cause) {
    case 'loss':
      return t('files.causeLoss')
    case 'outage':
      return t('files.causeOutage')
    case 'restart':
      return t('files.causeRestart')
    case 'overrun':
      return t('files.causeOverrun')
    case 'disk-full':
      return t('files.causeDiskFull')
    case 'write-failed':
      return t('files.causeWriteFailed')
    case 'source-changed':
      return t('files.causeSourceChanged')
  }
}

export function basisOf(basis: string): string {
  if (basis === 'media-clock') return t('files.basisMedia')
  if (basis === 'device') return t('files.basisDevice')
  return basis === 'assumed-media-clock' ? t('files.basisAssumed') : t('files.basisArrival')
}

/** How fast the device's clock ran; a sign on both sides tells which way. */
export function driftOf(drift: Drift): string {
  const ppm = `${drift.ppm < 0 ? '−' : '+'}${Math.abs(drift.ppm).toFixed(1)}`
  return t('files.driftOf', { ppm, length: inWords(drift.over_s * 1000) })
}

export function jobText(job: Job): string {
  switch (job.state) {
    case 'running':
      return t('files.copyProgress', { done: size(job.done), total: size(job.total) })
    case 'done':
      return t('files.copyDone', { total: size(job.total) })
    case 'failed':
      return t('files.copyFailed', { why: job.message })
    case 'cancelled':
      return t('files.copyCancelled')
  }
}

/** What can be acted on: a file that is being written is not finished. */
export function isOpen(file: FileEntry): boolean {
  return file.state === 'growing'
}
