import { expect, expectTypeOf, test } from 'vitest'
import { t, type Key } from '.'
import { translator } from './catalogue'

const say = translator({ a: { plain: 'Plain', named: '{who} at {when}', many: { one: '{n} file', other: '{n} files' } } } as const, 'en')

test.each([
  [() => say('a.plain'), 'Plain'],
  [() => say('a.named', { who: 'Leg B', when: '07:51' }), 'Leg B at 07:51'],
  [() => say('a.many', { n: 1 }), '1 file'],
  [() => say('a.many', { n: 0 }), '0 files'],
  [() => say('a.many', { n: 2 }), '2 files'],
])('%# is filled', (write, text) => expect(write()).toBe(text))

test('unknown keys and missing parameters do not compile', () => {
  // @ts-expect-error there is no such text
  say('a.other')
  // @ts-expect-error `when` is missing
  say('a.named', { who: 'x' })
  // @ts-expect-error a number chooses the form
  say('a.many')
  expectTypeOf<'state.recording'>().toExtend<Key>()
  expect(t('app.diskDays', { n: 38 })).toBe('38 days left')
})
