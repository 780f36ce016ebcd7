import { expect, test } from 'vitest'
import { makeWorld } from '../../../tests/fake/world'
import type { Settings } from '../../stores'
import { changes, problemsOf, rebase, requestOf } from './draft'

const settings = (change: Partial<Settings> = {}): Settings => ({ ...structuredClone(makeWorld({ recorders: 1, now: 0 }).settings), ...change })

test('only what differs is sent', () => {
  expect(requestOf(settings(), settings({ station: ' Radio West ', theme: 'light' }))).toEqual({ station: 'Radio West', theme: 'light' })
  expect(requestOf(settings(), settings())).toEqual({})
})

test('spaces, and null where nothing stood, are no change', () => {
  const before = settings()
  const writing = { ...before.writing, outputs: [{ format: 'wav' as const, bits: '24' as const, bitrate: null }], custom_format: undefined }
  expect(changes(before, settings({ station: `${before.station} `, writing }))).toEqual([])
})

test('no interface is sent as an empty text', () => {
  expect(requestOf(settings({ interface: 'eno1' }), settings({ interface: null }))).toEqual({ interface: '' })
})

test('each change says when it holds', () => {
  const draft = settings({ archive_root: '/mnt/b', kiosk: true, interface: 'eno1', peak_hold_s: 5 })
  draft.writing = { ...draft.writing, period_s: 60 }
  expect(changes(settings(), draft).map(({ effect }) => effect)).toEqual([
    'as soon as nothing is being recorded',
    'from each recorder’s next file on',
    'when a source is connected the next time',
    'this screen shows its studio at once',
    'at once',
  ])
})

test.each<[Partial<Settings>, string[]]>([
  [{}, []],
  [{ station: '  ' }, ['station']],
  [{ station: 'x'.repeat(80) }, []],
  [{ station: 'x'.repeat(81) }, ['station']],
  [{ station: 'ü'.repeat(80), engineering_contact: 'x'.repeat(81) }, ['engineering_contact']],
  [{ archive_root: '' }, ['archive_root']],
  [{ archive_root: 'recordings' }, ['archive_root']],
])('%o has problems in %o', (change, fields) => expect(Object.keys(problemsOf(settings(change)))).toEqual(fields))

test('what somebody else saves is taken over, what is being typed here stays', () => {
  const before = settings()
  const after = settings({ theme: 'light', station: 'Of another screen' })
  expect(rebase(before, after, settings({ station: 'Typed here' }))).toMatchObject({ theme: 'light', station: 'Typed here' })
})
