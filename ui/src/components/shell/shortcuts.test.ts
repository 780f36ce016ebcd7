import { expect, test } from 'vitest'
import { keyWords, resolve, SEQUENCE_MS, takesKeys, type Press } from './shortcuts'

const known = ['g o', 'g s', 'Ctrl+,', 'Ctrl+Shift+R', '?', 'Escape', 's', 'ArrowLeft', 'Shift+ArrowLeft'].map((keys) => ({ keys }))
const press = (key: string, change: Partial<Press> = {}): Press => ({ key, ctrl: false, shift: false, alt: false, ...change })
const pending = { keys: 'g', at: 1000 }

test.each([
  ['?', press('?', { shift: true }), undefined, '?'],
  ['Escape', press('Escape'), undefined, 'Escape'],
  ['Ctrl and comma', press(',', { ctrl: true }), undefined, 'Ctrl+,'],
  ['Ctrl, Shift and a letter', press('R', { ctrl: true, shift: true }), undefined, 'Ctrl+Shift+R'],
  ['a letter alone', press('s'), undefined, 's'],
  ['a letter after g', press('s'), pending, 'g s'],
  ['an unknown letter after g', press('x'), pending, undefined],
  ['an arrow', press('ArrowLeft'), undefined, 'ArrowLeft'],
  ['an arrow with Shift', press('ArrowLeft', { shift: true }), undefined, 'Shift+ArrowLeft'],
  ['a comma alone', press(','), undefined, undefined],
])('%s', (_, pressed, before, keys) => expect(resolve(pressed, before, 1500, known).run?.keys).toBe(keys))

test('g waits for its second key, for a while', () => {
  expect(resolve(press('g'), undefined, 1000, known)).toEqual({ pending })
  expect(resolve(press('o'), pending, 1000 + SEQUENCE_MS, known).run?.keys).toBe('g o')
  expect(resolve(press('o'), pending, 1001 + SEQUENCE_MS, known).run).toBeUndefined()
})

test('a field has every key, a button has Space and Enter', () => {
  const of = (tag: string) => document.body.appendChild(document.createElement(tag))
  expect(takesKeys(of('input'), 'g')).toBe(true)
  expect(takesKeys(of('textarea'), ' ')).toBe(true)
  expect(takesKeys(of('button'), ' ')).toBe(true)
  expect(takesKeys(of('button').appendChild(document.createElement('span')), 'Enter')).toBe(true)
  expect(takesKeys(of('button'), 'g')).toBe(false)
  expect(takesKeys(document.body, ' ')).toBe(false)
})

test('what lies over the page has the keys to itself', () => {
  const inside = (frame: HTMLElement) => document.body.appendChild(frame).appendChild(document.createElement('p'))
  const dialog = document.createElement('div')
  dialog.setAttribute('role', 'alertdialog')
  const menu = document.createElement('div')
  menu.className = 'v-overlay__content'
  expect(takesKeys(inside(dialog), 'g')).toBe(true)
  expect(takesKeys(inside(menu), 'ArrowLeft')).toBe(true)
  expect(takesKeys(inside(document.createElement('main')), 'g')).toBe(false)
})

test.each([[' ', 'Space'], ['ArrowLeft', 'Left arrow'], ['Shift+ArrowRight', 'Shift+Right arrow'], ['Escape', 'Esc'], ['g o', 'g o']])(
  'the key %j is written for people',
  (keys, words) => expect(keyWords(keys)).toBe(words),
)
