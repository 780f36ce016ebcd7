/** What a studio's screen says about its recorder. Pure: the same facts and time give the same words. */
import { clock, dayKey, elapsed, growingLoss, loss, moment, spoken } from '../../format'
import type { SignState } from '../../kit'
import type { Output, Recorder, RecorderState } from '../../stores'
import { t } from '../../strings'

export type PlateTone = 'quiet' | 'recording' | 'fault'

/** The coloured plate: one word, and beside it what is not as it should be. */
export interface Plate {
  tone: PlateTone
  sign: SignState | undefined
  word: string
  /** Stands on amber; only while recording. */
  second: string | undefined
}

/** The box under the elapsed time. */
export interface Message {
  tone: 'warn' | 'fault'
  headline: string
  text: string
  duty: string
  /** Shows the last minute with its losses. */
  strip: boolean
}

export interface Elapsed {
  text: string
  spoken: string
  /** Longer than the numerals' full size has room for. */
  long: boolean
  /** Nothing runs. */
  quiet: boolean
}

/** Loss stays the first thing to say for as long as it shows on the strip. */
const RECENT_MS = 60_000

export function plate(recorder: Recorder, state: RecorderState, now: number): Plate {
  switch (state) {
    case 'recording':
      return { tone: 'recording', sign: 'recording', word: t('kiosk.recording'), second: undefined }
    case 'degraded':
      return { tone: 'recording', sign: 'recording', word: t('kiosk.recording'), second: whatIsWorse(recorder, now) }
    case 'starting':
      return { tone: 'quiet', sign: 'starting', word: t('kiosk.starting'), second: undefined }
    case 'armed':
      return { tone: 'quiet', sign: 'armed', word: t('kiosk.armed'), second: undefined }
    case 'stopping':
      return { tone: 'quiet', sign: 'stopping', word: t('kiosk.stopping'), second: undefined }
    case 'error':
      return { tone: 'fault', sign: 'error', word: t('kiosk.notRecording'), second: undefined }
    case 'stopped':
      return { tone: 'quiet', sign: 'stopped', word: hasSignal(recorder) ? t('kiosk.ready') : t('kiosk.noSignal'), second: undefined }
  }
}

/** One or two words for the worst of what is degraded. */
function whatIsWorse(recorder: Recorder, now: number): string {
  if (losing(recorder, now)) return t('kiosk.withLoss')
  if (isBad(recorder.network.level)) return t('kiosk.oneLine')
  if (isBad(recorder.clock.level)) return t('kiosk.clockFree')
  if (isBad(recorder.disk.level)) return t('kiosk.diskSlow')
  return recorder.loss.recording_s > 0 ? t('kiosk.withLoss') : t('kiosk.withFault')
}

function losing({ loss: lost }: Recorder, now: number): boolean {
  if (lost.growing) return true
  if (!lost.last) return false
  return now - Date.parse(lost.last.at) - lost.last.length_s * 1000 < RECENT_MS
}

function isBad(level: Recorder['network']['level']): boolean {
  return level === 'warn' || level === 'fault'
}

export function hasSignal(recorder: Recorder): boolean {
  return recorder.network.level === 'ok' || recorder.network.level === 'warn'
}

export function message(recorder: Recorder, state: RecorderState, now: number, contact: string): Message | undefined {
  switch (state) {
    case 'degraded':
      return degradedMessage(recorder, contact)
    case 'error':
      return errorMessage(recorder, now, contact)
    case 'stopped':
    case 'starting':
    case 'armed':
    case 'recording':
    case 'stopping':
      return undefined
  }
}

function degradedMessage(recorder: Recorder, contact: string): Message {
  const { recording_s: lostS, growing } = recorder.loss
  const effect = lostS > 0 ? t('kiosk.goesOn') : t('kiosk.goesOnComplete')
  return {
    tone: 'warn',
    headline: growing
      ? t('kiosk.missingGrowing', { loss: growingLoss(lostS * 1000) })
      : lostS > 0
        ? t('kiosk.missing', { loss: loss(lostS * 1000) })
        : t('kiosk.nothingMissing'),
    text: [recorder.reason && sentence(recorder.reason), effect].filter(Boolean).join(' '),
    duty: contact ? t('kiosk.nothingToDoCall', { contact }) : t('kiosk.nothingToDo'),
    strip: true,
  }
}

function errorMessage(recorder: Recorder, now: number, contact: string): Message {
  return {
    tone: 'fault',
    headline: t('kiosk.errorHeadline'),
    text: [recorder.reason ? sentence(recorder.reason) : t('kiosk.errorUnknown'), nextTry(recorder.retry_at, now)].join(' '),
    duty: contact ? t('kiosk.call', { contact }) : t('kiosk.tell'),
    strip: false,
  }
}

function nextTry(retryAt: string | null, now: number): string {
  if (!retryAt) return t('kiosk.triesAgainSoon')
  const seconds = Math.ceil((Date.parse(retryAt) - now) / 1000)
  return seconds > 0 ? t('kiosk.triesAgain', { n: seconds }) : t('kiosk.triesAgainNow')
}

/** Reasons come as they stand inside a sentence; here they are one. */
export function sentence(text: string): string {
  const trimmed = text.trim()
  const begun = trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
  return /[.!?]$/.test(begun) ? begun : `${begun}.`
}

/** How long it has been recording; nothing runs without a start. */
export function running(recorder: Recorder, state: RecorderState, now: number): Elapsed {
  const since = recorder.since && state !== 'stopped' && state !== 'error' ? Date.parse(recorder.since) : undefined
  if (since === undefined) return { text: elapsed(0), spoken: t('kiosk.noRecording'), long: false, quiet: true }
  const text = elapsed(now - since)
  return { text, spoken: t('kiosk.elapsed', { time: spoken(now - since) }), long: text.length > 8, quiet: false }
}

/** `Since 06:00:00 · 2026-03-14-07.wav · 24-bit`; the last part is left out where there is little room. */
export function onAir(recorder: Recorder, state: RecorderState, now: number, zone: string): string[] {
  if (state === 'stopped') return recorder.source ? [recorder.source.name] : []
  if (state === 'armed') return [t('kiosk.waitsForSound', { s: ((recorder.config.vox?.pre_roll_ms ?? 500) / 1000).toFixed(1) })]
  const parts: string[] = []
  if (recorder.since && state !== 'error') {
    const since = Date.parse(recorder.since)
    const today = dayKey(since, zone) === dayKey(now, zone)
    parts.push(today ? t('kiosk.since', { time: clock(since, zone) }) : t('kiosk.sinceDay', { moment: moment(since, now, zone) }))
  }
  const [file] = recorder.files
  if (file) parts.push(file.name)
  const output = recorder.effective.outputs.find(({ format }) => format === file?.format)
  if (output) parts.push(coding(output))
  return parts
}

/** What a file's name does not say about its coding: `24-bit`, `128 kbit/s`. */
export function coding(output: Output): string {
  switch (output.format) {
    case 'wav':
    case 'flac':
      return output.bits === '32f' ? t('kiosk.bitsFloat') : t('kiosk.bits', { bits: output.bits ?? '24' })
    case 'opus':
      return t('kiosk.kilobits', { n: Math.round((output.bitrate ?? 128_000) / 1000) })
    case 'mp3':
      return t('kiosk.kilobits', { n: Math.round((output.bitrate ?? 192_000) / 1000) })
  }
}
