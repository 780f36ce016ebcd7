import { expect, test } from 'vitest'
import { makeWorld } from '../../tests/fake/world'
import type { FileQuery } from '../api'
import { answers } from './file-query'

const file = makeWorld({ recorders: 1, now: Date.parse('2026-03-14T12:00:00Z') }).files[3]!

test.each<[FileQuery, boolean]>([
  [{}, true],
  [{ recorder_id: 1, studio_id: file.studio_id, day: '2026-03-14', format: 'wav', with_gaps: true, search: ' STUDIO 1 ' }, true],
  [{ recorder_id: 2 }, false],
  [{ studio_id: 'studio-ffffffff' }, false],
  [{ day: '2026-03-15' }, false],
  [{ format: 'opus' }, false],
  [{ search: '2026-03-14-09' }, true],
  [{ search: 'nowhere' }, false],
])('%o: %s', (query, expected) => expect(answers(file, query)).toBe(expected))

test('a file without gaps is no answer to those with', () => {
  expect(answers({ ...file, gaps: 0 }, { with_gaps: true })).toBe(false)
})
