import { expect, test } from 'vitest'
import { makeWorld } from '../../../tests/fake/world'
import type { Output, Recorder, RecorderState } from '../../stores'
import { coding, message, onAir, plate, running, sentence } from './screen'

const NOW = Date.parse('2026-03-14T06:58:32Z')
const ZONE = 'Europe/Zurich'
const iso = (at: number) => new Date(at).toISOString()

function recorder(state: RecorderState, change: Partial<Recorder> = {}): Recorder {
  const one = makeWorld({ recorders: 1, now: NOW }).recorders[0]!
  return { ...one, state, ...change }
}
const lost = (recording_s: number, ago_s?: number, growing = false): Recorder['loss'] => ({
  today_s: recording_s, recording_s, growing,
  last: ago_s === undefined ? null : { at: iso(NOW - ago_s * 1000), length_s: 0.1, samples: 4800, cause: 'loss', file: null },
})
const warn = { level: 'warn', text: '' } as const
const fault = { level: 'fault', text: '' } as const

test.each<[string, RecorderState, Partial<Recorder>, string, string | undefined, string]>([
  ['a source that is heard', 'stopped', {}, 'Ready', undefined, 'quiet'],
  ['a source on one line is heard too', 'stopped', { network: warn }, 'Ready', undefined, 'quiet'],
  ['a silent source', 'stopped', { network: fault }, 'No signal', undefined, 'quiet'],
  ['no source', 'stopped', { network: { level: 'unknown', text: '' } }, 'No signal', undefined, 'quiet'],
  ['recording', 'recording', {}, 'Recording', undefined, 'recording'],
  ['starting', 'starting', {}, 'Starting', undefined, 'quiet'],
  ['stopping', 'stopping', {}, 'Stopping', undefined, 'quiet'],
  ['error', 'error', {}, 'Not recording', undefined, 'fault'],
  ['loss a moment ago comes before a dead line', 'degraded', { network: warn, loss: lost(1, 5) }, 'Recording', 'With loss', 'recording'],
  ['loss that still grows', 'degraded', { network: warn, loss: lost(1, undefined, true) }, 'Recording', 'With loss', 'recording'],
  ['loss long ago leaves the line first', 'degraded', { network: warn, loss: lost(1, 120) }, 'Recording', 'One line', 'recording'],
  ['a clock of its own', 'degraded', { clock: warn, loss: lost(0) }, 'Recording', 'Clock free', 'recording'],
  ['a slow disk', 'degraded', { disk: warn, loss: lost(0) }, 'Recording', 'Disk slow', 'recording'],
  ['only a reason', 'degraded', { loss: lost(0) }, 'Recording', 'With a fault', 'recording'],
])('the plate says: %s', (_, state, change, word, second, tone) => {
  expect(plate(recorder(state, change), state, NOW)).toMatchObject({ word, second, tone })
})

test('a healthy recorder has no message', () => {
  for (const state of ['stopped', 'starting', 'recording', 'stopping'] as const) expect(message(recorder(state), state, NOW, '')).toBeUndefined()
})

test('degraded: how much is missing, why, that it records, and whom to call', () => {
  const told = message(recorder('degraded', { loss: lost(1.284, 5), reason: 'leg 2 of 2 is silent' }), 'degraded', NOW, 'Master control 4711')
  expect(told).toEqual({
    tone: 'warn',
    headline: '1.284 s of audio is missing so far',
    text: 'Leg 2 of 2 is silent. Recording goes on and every gap is marked.',
    duty: 'Nothing to do here. Tell engineering if it goes on: Master control 4711',
    strip: true,
  })
})

test('degraded without loss says that nothing is missing', () => {
  expect(message(recorder('degraded', { loss: lost(0), reason: 'leg 2 of 2 is silent' }), 'degraded', NOW, '')).toMatchObject({
    headline: 'Nothing is missing so far', text: 'Leg 2 of 2 is silent. Recording goes on.',
    duty: 'Nothing to do here. Tell engineering if it goes on.',
  })
})

test.each<[string | null, string]>([
  [iso(NOW + 7400), 'Audyn tries again in 8 s.'],
  [iso(NOW + 900), 'Audyn tries again in 1 s.'],
  [iso(NOW - 10), 'Audyn is trying again now.'],
  [null, 'Audyn goes on trying.'],
])('an error counts down to its next try: %s', (retry_at, end) => {
  const told = message(recorder('error', { reason: 'nothing is received', retry_at }), 'error', NOW, 'Jo, 12')
  expect(told?.text).toBe(`Nothing is received. What was recorded is safe. ${end}`)
  expect(told?.duty).toBe('Tell engineering: Jo, 12')
})

test('reasons become sentences', () => {
  expect(['audio was lost', 'The disk is full.', ' no answer! '].map(sentence)).toEqual(['Audio was lost.', 'The disk is full.', 'No answer!'])
})

test('elapsed time runs from the start of the recording, and stands still where nothing is recorded', () => {
  const since = { since: iso(NOW - 7_112_000) }
  expect(running(recorder('recording', since), 'recording', NOW)).toMatchObject({ text: '1:58:32', quiet: false, long: false })
  expect(running(recorder('error', since), 'error', NOW)).toMatchObject({ text: '0:00:00', quiet: true })
  expect(running(recorder('stopped', since), 'stopped', NOW)).toMatchObject({ quiet: true })
  expect(running(recorder('recording', { since: iso(NOW - 1_054_700_000) }), 'recording', NOW)).toMatchObject({ text: '12 d 04:58', long: true })
})

test('what is on air is said in one line', () => {
  const since = { since: iso(NOW - 7_112_000) }
  expect(onAir(recorder('recording', since), 'recording', NOW, ZONE)).toEqual(['Since 06:00:00', '2026-03-14-07.wav', '24-bit'])
  expect(onAir(recorder('recording', { since: iso(NOW - 86_400_000) }), 'recording', NOW, ZONE)[0]).toBe('Since Fri 13 Mar, 07:58')
  expect(onAir(recorder('stopped'), 'stopped', NOW, ZONE)).toEqual(['Studio 1'])
})

test.each<[Output, string]>([
  [{ format: 'wav', bits: null }, '24-bit'],
  [{ format: 'flac', bits: '16' }, '16-bit'],
  [{ format: 'wav', bits: '32f' }, '32-bit float'],
  [{ format: 'opus' }, '128 kbit/s'],
  [{ format: 'mp3', bitrate: 320_000 }, '320 kbit/s'],
])('coding of %o', (output, text) => expect(coding(output)).toBe(text))
