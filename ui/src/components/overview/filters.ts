import type { Recorder, RecorderState } from '@/stores'

/** What a chip stands for. Starting counts as recording and stopping as stopped: nobody looks for those two. */
export const CHIPS = ['recording', 'degraded', 'error', 'stopped'] as const
export type Chip = (typeof CHIPS)[number]

export function chipOf(state: RecorderState): Chip {
  switch (state) {
    case 'starting':
    case 'recording':
      return 'recording'
    case 'degraded':
      return 'degraded'
    case 'error':
      return 'error'
    // Nothing is written while it waits for sound.
    case 'armed':
    case 'stopping':
    case 'stopped':
      return 'stopped'
  }
}

export function countByChip(states: readonly RecorderState[]): Record<Chip, number> {
  const counts: Record<Chip, number> = { recording: 0, degraded: 0, error: 0, stopped: 0 }
  for (const state of states) counts[chipOf(state)] += 1
  return counts
}

/** Whether what was typed is found in what a person sees of a recorder. */
export function found(recorder: Recorder, typed: string): boolean {
  const words = typed.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  const seen = [recorder.name, recorder.description, recorder.source?.name, recorder.source?.summary, recorder.studio?.name]
    .filter(Boolean)
    .join('\n')
    .toLocaleLowerCase()
  return words.every((word) => seen.includes(word))
}

export const ARRANGEMENTS = ['cards', 'tiles', 'list'] as const
export type Arrangement = (typeof ARRANGEMENTS)[number]

/** What suits so many recorders where nobody has chosen. */
export function suiting(recorders: number): Arrangement {
  if (recorders <= 12) return 'cards'
  return recorders <= 64 ? 'tiles' : 'list'
}
