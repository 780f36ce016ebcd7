import { expect, test } from 'vitest'
import { makeWorld } from '../../../tests/fake/world'
import type { Recorder, Studio } from '@/stores'
import { freeRecorders, plan } from './plan'

// Studios A and B have recorders 1 and 2; C has none; recorder 3 is free. Only 1 records.
const world = makeWorld({ recorders: 3, now: Date.parse('2026-03-14T12:00:00Z') })
const studios: Studio[] = world.studios.map((studio, i) => ({ ...studio, id: 'ABC'[i]!, recorder_id: [1, 2, null][i]! }))
const recorders = new Map(
  world.recorders.map((one): [number, Recorder] => [one.id, { ...one, state: one.id === 1 ? 'recording' : 'stopped', wanted: one.id === 1 }]),
)
const wish = (studio: string, recorder: number | null, from?: string) => plan(studios, recorders, studio, recorder, from)
const recording = (of: ReturnType<typeof wish>) => of.recording.map(({ id }) => id)

test('a free recorder goes into an empty studio in one step', () => {
  const made = wish('C', 3)
  expect(made.steps).toEqual([{ studioId: 'C', recorderId: 3 }])
  expect(recording(made)).toEqual([])
})

test('a free recorder sets free the one that was there', () => {
  const made = wish('B', 3)
  expect(made.steps).toEqual([{ studioId: 'B', recorderId: 3 }])
  expect(made.moves.map(({ recorder, to }) => [recorder.id, to?.id])).toEqual([[3, 'B'], [2, undefined]])
})

test('dragged from a slot onto a taken one, the two change places', () => {
  const made = wish('B', 1, 'A')
  expect(made.steps).toEqual([{ studioId: 'B', recorderId: 1 }, { studioId: 'A', recorderId: 2 }])
  expect(made.moves.map(({ recorder, to }) => [recorder.id, to?.id])).toEqual([[1, 'B'], [2, 'A']])
})

test('who records has to stop, whether it comes or goes', () => {
  expect(recording(wish('C', 1))).toEqual([1])
  expect(recording(wish('A', 3))).toEqual([1])
  expect(recording(wish('A', null))).toEqual([1])
  expect(recording(wish('B', null))).toEqual([])
})

test('what is so already needs no step', () => {
  expect(wish('A', 1).steps).toEqual([])
  expect(wish('C', null).steps).toEqual([])
  expect(wish('gone', 3).steps).toEqual([])
})

test('a recorder in error is not stopped: it still wants to record', () => {
  const failing = new Map(recorders).set(3, { ...recorders.get(3)!, state: 'error', wanted: true })
  expect(plan(studios, failing, 'C', 3).recording.map(({ id }) => id)).toEqual([3])
})

test('free is who has no studio', () => {
  expect(freeRecorders(studios, [...recorders.values()]).map(({ id }) => id)).toEqual([3])
})
