import type { Recorder, Studio } from '@/stores'

/** One call: this studio gets this recorder, or none. */
export interface Step {
  studioId: string
  recorderId: number | null
}

/** What a wish means: the calls in order, who has to stop for it, and what changes, for people. */
export interface Plan {
  steps: Step[]
  /** Recorders that record and change their folder by this. */
  recording: Recorder[]
  /** Recorders that end up in another studio, or in none. */
  moves: { recorder: Recorder; to: Studio | undefined }[]
}

/**
 * A studio is to get a recorder, or none. A recorder that comes out of another studio's slot (`from`) changes places
 * with the one that is there; a free one sets it free.
 */
export function plan(
  studios: readonly Studio[],
  recorders: ReadonlyMap<number, Recorder>,
  studioId: string,
  recorderId: number | null,
  from?: string,
): Plan {
  const studio = studios.find(({ id }) => id === studioId)
  const nothing: Plan = { steps: [], recording: [], moves: [] }
  if (!studio || studio.recorder_id === recorderId) return nothing
  const before = studio.recorder_id
  const source = from === undefined ? undefined : studios.find(({ id, recorder_id: of }) => id === from && of === recorderId)
  const steps: Step[] = [{ studioId, recorderId }]
  // The contract releases the other studio in the same step; giving it the exchanged one is the second.
  if (source && before !== null) steps.push({ studioId: source.id, recorderId: before })

  const moves: Plan['moves'] = []
  const coming = recorderId === null ? undefined : recorders.get(recorderId)
  const going = before === null ? undefined : recorders.get(before)
  if (coming) moves.push({ recorder: coming, to: studio })
  if (going) moves.push({ recorder: going, to: source })
  return { steps, moves, recording: moves.map(({ recorder }) => recorder).filter(isBusy) }
}

/** Its folder must not change under an open file. */
export function isBusy(recorder: Recorder): boolean {
  return recorder.wanted || recorder.state !== 'stopped'
}

/** Recorders without a studio. */
export function freeRecorders(studios: readonly Studio[], recorders: readonly Recorder[]): Recorder[] {
  const taken = new Set(studios.map(({ recorder_id: id }) => id))
  return recorders.filter(({ id }) => !taken.has(id))
}
