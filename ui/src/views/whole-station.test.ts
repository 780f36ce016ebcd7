import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import { FakeDoor } from '../../tests/fake/door'
import { makeWorld } from '../../tests/fake/world'
import { mountWith, type Mounted } from '../../tests/mount'
import { throughDoor, type Access } from '../api'
import SourcesView from './SourcesView.vue'
import StudiosView from './StudiosView.vue'

vi.setConfig({ testTimeout: 30_000 })
/** Patience, not a time that is tested: ways are gone while other work has the machine. */
const LONG = { timeout: 20_000 }
let mounted: Mounted
afterEach(() => {
  mounted.wrapper.unmount()
  throughDoor(undefined)
  document.body.innerHTML = ''
})
async function page(view: typeof SourcesView | typeof StudiosView, level: Access, at: string) {
  throughDoor(new FakeDoor(level))
  mounted = await mountWith(view, { world: makeWorld({ recorders: 8, now: Date.parse('2026-03-14T12:00:00Z') }), at })
  await mounted.session.open()
  await flushPromises()
}
/** What can be pressed, by its words. */
const buttons = () => [...document.querySelectorAll<HTMLButtonElement>('form button, .studios button, .sources button')]
  .filter((one) => !one.disabled)
 .map((one) => one.textContent!.trim() || one.getAttribute('aria-label'))
const enabledFields = () => [...document.querySelectorAll<HTMLInputElement>('form input, form textarea')].filter((one) => !one.disabled && !one.readOnly && !['search', 'hidden'].includes(one.type))

test.each(['viewer', 'operator'] as const)('a %s sees the studios and their recorders, and nothing that changes them', async (level) => {
  await page(StudiosView, level, '/studios')
  expect(mounted.wrapper.findAll('article.studio').length).toBeGreaterThan(3)
  expect(mounted.wrapper.find('article.studio').text()).toContain('Studio 1')
  expect([buttons(), mounted.wrapper.findAll('input').length, mounted.wrapper.text().includes('Drag')]).toEqual([[], 0, false])
})

test('an administrator changes them', async () => {
  await page(StudiosView, 'admin', '/studios')
  expect(buttons()).toContain('New studio')
})

test('an operator sees the sources, and in one of them what it is, and can change nothing of it', async () => {
  await page(SourcesView, 'operator', '/sources')
  const [first] = mounted.wrapper.findAll('.rows__open')
  expect(buttons().filter((one) => /Paste|By hand|This machine|Test tone/.test(one!))).toEqual([])
  await first!.trigger('click')
  await vi.waitFor(() => expect(document.body.textContent).toContain('Only an administrator changes sources.'), LONG)
  expect(enabledFields()).toEqual([])
  expect(buttons().filter((one) => /Save|Delete|Remove/.test(one!))).toEqual([])
  // Nor by an address that somebody sent.
  await mounted.router.push('/sources?add=sdp')
  await flushPromises()
  expect(document.querySelector('form.editor')).toBeNull()
  expect(mounted.service.asked.some(({ operation }) => operation === 'create_source')).toBe(false)
})

test('what is announced is seen, and whoever may not make a source of it is told so', async () => {
  await page(SourcesView, 'operator', '/sources?tab=network')
  await mounted.wrapper.find('.rows__open').trigger('click')
  await vi.waitFor(() => expect(document.body.textContent).toContain('Only an administrator makes a source of it.'), LONG)
  expect(buttons().filter((one) => /^Add(?!ed)/.test(one!))).toEqual([])
  expect(document.querySelector('form.adopt [type=submit]')).toBeNull()
})
