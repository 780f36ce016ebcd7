import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { mountWith, type Mounted, type MountOptions } from '../../tests/mount'
import { makeWorld } from '../../tests/fake/world'
import { toasts } from '@/kit/toasts'
import OverviewView from './OverviewView.vue'

const NOW = Date.parse('2026-03-14T12:00:00Z')
/** Whole pages take their time on a busy machine. */
vi.setConfig({ testTimeout: 30_000 })

let mounted: Mounted | undefined

async function shown(options: MountOptions = {}): Promise<Mounted> {
  mounted = await mountWith(OverviewView, { at: '/overview', ...options })
  await mounted.session.open()
  await flushPromises()
  return mounted
}
beforeEach(() => {
  localStorage.clear()
  toasts.splice(0)
})
afterEach(() => {
  mounted?.wrapper.unmount()
  document.body.innerHTML = ''
  vi.useRealTimers()
})

const cards = () => [...document.querySelectorAll('article')].map((one) => one.getAttribute('aria-label'))
const button = (text: string, within: ParentNode = document) =>
  [...within.querySelectorAll<HTMLElement>('button, a')].find((one) => one.textContent?.trim().startsWith(text) || one.getAttribute('aria-label')?.startsWith(text))
const dialog = () => document.querySelector<HTMLElement>('.v-overlay--active')
const asked = (operation: string) => mounted!.service.asked.filter((one) => one.operation === operation).map(({ request }) => request)

test('a chip shows only what is in its state, and again everything', async () => {
  await shown()
  expect(cards()).toHaveLength(8)
  button('Degraded')!.click()
  await flushPromises()
  expect(cards()).toEqual(['DAB return'])
  button('Degraded')!.click()
  await flushPromises()
  expect(cards()).toHaveLength(8)
})

test('a recorder that leaves its state leaves the filtered list; the places of the others stay', async () => {
  const { service } = await shown()
  button('Error')!.click()
  await flushPromises()
  const failing = service.world.recorders[5]!
  service.emit({ type: 'recorder', data: { ...failing, state: 'recording' } })
  await flushPromises()
  expect(document.body.textContent).toContain('No recorder is like this now.')
})

test.each([
  [8, 'recorder', 8],
  [64, 'tile', 64],
])('%i recorders are shown as %s', async (count, part, expected) => {
  await shown({ world: makeWorld({ recorders: count, now: NOW }) })
  expect(document.querySelectorAll(`article.${part}`)).toHaveLength(expected)
})

test('a chosen arrangement is kept on the device', async () => {
  await shown()
  button('List')!.click()
  await flushPromises()
  expect(document.querySelectorAll('[role=row]').length).toBeGreaterThan(8)
  mounted!.wrapper.unmount()
  await shown()
  expect(document.querySelectorAll('[role=row]').length).toBeGreaterThan(8)
})

test('stopping all lists what stops, and stops nothing before it was confirmed', async () => {
  await shown()
  button('Stop all')!.click()
  await flushPromises()
  const names = [...dialog()!.querySelectorAll('li')].map((one) => one.textContent)
  expect(names).toHaveLength(7)
  expect(names.join()).toContain('Regionalfenster')
  expect(names.join()).not.toContain('Podcast booth')
  expect(asked('stop_all')).toEqual([])
  button('Keep recording', dialog()!)!.click()
  await flushPromises()
  expect(asked('stop_all')).toEqual([])
})

test('a finger on stop all has to stay for three seconds', async () => {
  await shown()
  button('Stop all')!.click()
  await flushPromises()
  vi.useFakeTimers({ toFake: ['requestAnimationFrame', 'cancelAnimationFrame', 'performance'] })
  const hold = button('Hold to stop all', dialog()!)!
  const finger = (type: string) => hold.dispatchEvent(new PointerEvent(type, { pointerId: 1, button: 0, bubbles: true }))
  finger('pointerdown')
  await vi.advanceTimersByTimeAsync(2900)
  finger('pointerup')
  await vi.advanceTimersByTimeAsync(1000)
  expect(asked('stop_all')).toEqual([])
  finger('pointerdown')
  await vi.advanceTimersByTimeAsync(3100)
  finger('pointerup')
  vi.useRealTimers()
  await flushPromises()
  expect(asked('stop_all')).toHaveLength(1)
})

test('those that did not stop are named with their reason', async () => {
  await shown({
    arrange: (service) => {
      const call = service.call.bind(service)
      service.call = (operation, request) =>
        operation === 'stop_all' ? Promise.resolve({ done: [1], refused: [{ recorder_id: 2, message: 'The disk does not answer.' }] }) : call(operation, request)
    },
  })
  button('Stop all')!.click()
  await flushPromises()
  button('Hold to stop all', dialog()!)!.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 0 }))
  await flushPromises()
  expect(document.body.textContent).toContain('1 recorder did not stop')
  expect(document.body.textContent).toContain('Studio 2')
  expect(document.body.textContent).toContain('The disk does not answer.')
})

test('a refused start is told on its card until it is told again', async () => {
  const { service } = await shown()
  service.refuse.set('start_recorder', { code: 'conflict', message: 'The source is gone.', request_id: 'r' })
  button('Record Podcast booth')!.click()
  await flushPromises()
  const card = document.querySelector('article[aria-label="Podcast booth"]')!
  expect(card.querySelector('[role=alert]')?.textContent?.trim()).toBe('The source is gone.')
})

test('a keyboard on hold to stop is asked first, with the focus on keeping', async () => {
  await shown()
  button('Hold to stop Studio 1')!.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 0 }))
  await flushPromises()
  expect(dialog()!.textContent).toContain('Stop Studio 1?')
  expect(asked('stop_recorder')).toEqual([])
  button('Stop recording', dialog()!)!.click()
  await flushPromises()
  expect(asked('stop_recorder')).toEqual([{ id: 1 }])
})

test('a new recorder is made, then assigned', async () => {
  const world = makeWorld({ recorders: 2, now: NOW })
  world.studios.push({ ...world.studios[0]!, id: 'studio-free', name: 'Free room', recorder_id: null })
  const { wrapper } = await shown({ world })
  wrapper.findComponent({ name: 'NewRecorderDialog' }).vm.$emit('create', { name: 'New', description: '', sourceId: 'source-0', studioId: 'studio-free' })
  await flushPromises()
  expect(asked('create_recorder')).toEqual([{ name: 'New', description: null, source_id: 'source-0' }])
  expect(asked('assign_studio')).toEqual([{ id: 'studio-free', recorder_id: 3 }])
})

test('a recorder that was made but not assigned is told so', async () => {
  const { wrapper, service } = await shown()
  service.refuse.set('assign_studio', { code: 'conflict', message: 'Studio 1 is recording.', request_id: 'r' })
  wrapper.findComponent({ name: 'NewRecorderDialog' }).vm.$emit('create', { name: 'New', description: '', sourceId: undefined, studioId: 'studio-00000000' })
  await flushPromises()
  expect(document.body.textContent).toContain('The recorder was created, but it is not assigned to the studio. Studio 1 is recording.')
  expect(cards()).toContain('New')
})

test('a name is needed, and asked for at its field', async () => {
  await shown()
  button('New recorder')!.click()
  await flushPromises()
  dialog()!.querySelector('form')!.dispatchEvent(new Event('submit'))
  await flushPromises()
  expect(dialog()!.textContent).toContain('A recorder needs a name.')
  expect(asked('create_recorder')).toEqual([])
})

test('acknowledging asks the service, and the item says so', async () => {
  vi.stubGlobal('innerWidth', 1920)
  const { service } = await shown()
  const before = document.querySelectorAll('.notice').length
  expect(before).toBe(2)
  button('Acknowledge', document.querySelector('.notice--fault')!)!.click()
  await flushPromises()
  expect(asked('acknowledge')).toEqual([{ id: service.world.notices.find(({ level }) => level === 'fault')!.id }])
  expect(document.querySelector('.notice--fault')!.textContent).toContain('Acknowledged')
  vi.unstubAllGlobals()
})

test('nothing at all: the first step is offered', async () => {
  const world = makeWorld({ recorders: 0, now: NOW })
  await shown({ world })
  expect(button('Add your first source')).toBeDefined()
  expect(document.body.textContent).toContain('Nothing to record yet.')
})

test('a service that refuses the list is told in its place, and asked again', async () => {
  const { service } = await shown({
    arrange: (fake) => fake.refuse.set('list_recorders', { code: 'internal', message: 'The database cannot be read.', request_id: 'r-9' }),
  })
  expect(document.querySelector('[role=alert]')?.textContent).toContain('The database cannot be read.')
  service.refuse.clear()
  button('Try again')!.click()
  await flushPromises()
  expect(cards()).toHaveLength(8)
})
