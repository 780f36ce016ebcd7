import { completeness, elapsed, growingLoss, loss } from '@/format'
import { t } from '@/strings'
import type { Loss, Recorder, RecorderState, SourceKind } from '@/stores'

/** How a figure is meant: plain, or in the colour of what is wrong. */
export type Tone = 'plain' | 'warn' | 'fault'
export interface Fact {
  text: string
  tone: Tone
}

export function kindWord(kind: SourceKind): string {
  switch (kind) {
    case 'aes67':
      return t('overview.aes67')
    case 'tone':
      return t('overview.tone')
    case 'pipewire':
      return t('overview.pipewire')
    case 'card':
      return t('overview.card')
  }
}

/** What is missing today, or in this recording, whichever says more. */
export function lossFact(missing: Loss, state: RecorderState): Fact {
  if (missing.growing) {
    const text = t('overview.lossGrowing', { loss: growingLoss(1000 * missing.recording_s) })
    return { text, tone: state === 'error' ? 'fault' : 'warn' }
  }
  const seconds = Math.max(missing.today_s, missing.recording_s)
  if (seconds <= 0) return { text: t('overview.lossNone'), tone: 'plain' }
  return { text: t('overview.lossToday', { loss: loss(1000 * seconds) }), tone: 'warn' }
}

/** Whether a recording runs, so that time since its beginning means something. */
export function runs(state: RecorderState): boolean {
  switch (state) {
    case 'recording':
    case 'degraded':
    case 'stopping':
      return true
    case 'stopped':
    case 'starting':
    case 'armed':
    case 'error':
      return false
  }
}

/** Time since the recording began; empty where none runs. */
export function elapsedOf(recorder: Recorder, state: RecorderState, now: number): string {
  return recorder.since && runs(state) ? elapsed(now - Date.parse(recorder.since)) : ''
}

/** When a failed start is tried again, counted down; empty where nothing is tried. */
export function nextTry(recorder: Recorder, state: RecorderState, now: number): string {
  if (state !== 'error' || !recorder.retry_at) return ''
  const seconds = Math.ceil((Date.parse(recorder.retry_at) - now) / 1000)
  return seconds > 0 ? t('overview.nextTry', { age: `${seconds} s` }) : t('overview.trying')
}

/** The last line of a tile: what is wrong if something is, else the time. */
export function tileLine(recorder: Recorder, state: RecorderState, now: number): Fact {
  if (state === 'error') {
    return { text: nextTry(recorder, state, now) || (recorder.reason ?? ''), tone: 'fault' }
  }
  if (state === 'degraded') {
    const seconds = recorder.loss.recording_s
    const text = seconds > 0
      ? t('overview.lossTile', { loss: recorder.loss.growing ? growingLoss(1000 * seconds) : loss(1000 * seconds) })
      : shortReason(recorder)
    return { text, tone: 'warn' }
  }
  if (state === 'stopped' && !recorder.source) return { text: t('overview.noSource'), tone: 'plain' }
  return { text: elapsedOf(recorder, state, now), tone: 'plain' }
}

/** The light that is not well says it in fewer words than the reason. */
function shortReason(recorder: Recorder): string {
  const light = [recorder.network, recorder.clock, recorder.disk].find(({ level }) => level === 'fault' || level === 'warn')
  return light?.text ?? recorder.reason ?? ''
}

/** The share that is there, which any loss keeps under 100 %. */
export function completeText(share: number, missingS: number): string {
  return completeness(missingS > 0 ? Math.min(share, 1 - 1e-9) : share, 1)
}

/** Whether its audio is made up, which every size says. */
export function isTone(recorder: Recorder): boolean {
  return recorder.source?.kind === 'tone'
}
