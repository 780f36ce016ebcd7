import { enableAutoUnmount, flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { mountWith } from '../tests/mount'
import App from './App.vue'
import { IDLE_MS } from './components/shell/relock'
import { listOpen } from './components/shell/shortcuts'
import { usePlaybackStore, useSeatStore } from './stores'

// The frame is tested here; what stands in it has its own tests.
vi.mock('./views/OverviewView.vue', () => ({ default: { render: () => null } }))
vi.mock('./views/KioskView.vue', () => ({ default: { render: () => null } }))

beforeEach(() => vi.useFakeTimers({ now: Date.parse('2026-03-14T12:00:00Z'), toFake: ['Date', 'setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())
enableAutoUnmount(afterEach)

async function app(at: string, kiosk = false) {
  const made = await mountWith(App, { arrange: (service) => (service.world.settings.kiosk = kiosk), at })
  await made.router.isReady()
  await flushPromises()
  return made
}

test('an operator has the rail, the title and the station clock', async () => {
  const { wrapper } = await app('/')
  expect(wrapper.get('h1').text()).toBe('Overview')
  expect(wrapper.find('nav[aria-label="Main navigation"]').exists()).toBe(true)
  expect(wrapper.get('[role=timer]').text()).toContain('13:00:00')
  expect(wrapper.get('[role=timer]').text()).toContain('Sat 14 Mar 2026 · CET')
})

test('a studio screen has no frame, and no address leads out', async () => {
  const { wrapper, router } = await app('/', true)
  expect(router.currentRoute.value.name).toBe('kiosk')
  expect(wrapper.find('nav').exists()).toBe(false)
  for (const path of ['/overview', '/settings', '/files', '/nowhere']) {
    await router.push(path)
    expect(router.currentRoute.value.name, path).toBe('kiosk')
  }
})

test('an unlocked studio screen reaches the rest, and a locked one leaves it', async () => {
  const { router } = await app('/', true)
  const seat = useSeatStore()
  seat.unlock()
  const going = router.push('/overview')
  // A view that is read for the first time takes its time, and time stands here.
  await vi.advanceTimersByTimeAsync(50)
  await going
  expect(router.currentRoute.value.name).toBe('overview')
  seat.lock()
  await vi.advanceTimersByTimeAsync(50)
  expect(router.currentRoute.value.name).toBe('kiosk')
})

test('the context menu and zooming are refused on a locked screen only', async () => {
  const refused = (event: Event) => {
    window.dispatchEvent(event)
    return event.defaultPrevented
  }
  const menu = () => refused(new Event('contextmenu', { cancelable: true }))
  await app('/', true)
  expect(menu()).toBe(true)
  expect(refused(Object.assign(new Event('wheel', { cancelable: true }), { ctrlKey: true }))).toBe(true)
  expect(refused(new KeyboardEvent('keydown', { key: '+', ctrlKey: true, cancelable: true }))).toBe(true)
  useSeatStore().unlock()
  expect(menu()).toBe(false)
})

test('lost and found again, the strip says so', async () => {
  const { wrapper, service } = await app('/')
  service.down = true
  await vi.advanceTimersByTimeAsync(5000)
  expect(wrapper.text()).toContain('No connection since 13:00:00. Recording goes on; this screen is not live.')
  service.down = false
  await vi.advanceTimersByTimeAsync(5000)
  expect(wrapper.text()).toContain('Live again')
  await vi.advanceTimersByTimeAsync(2100)
  expect(wrapper.text()).not.toContain('Live again')
})

test('an unlocked studio screen that nobody touches locks itself, whatever was being typed', async () => {
  const { router } = await app('/', true)
  useSeatStore().unlock()
  const going = router.push('/overview')
  await vi.advanceTimersByTimeAsync(50)
  await going
  await vi.advanceTimersByTimeAsync(IDLE_MS - 1000)
  window.dispatchEvent(new Event('pointerdown'))
  await vi.advanceTimersByTimeAsync(IDLE_MS - 1000)
  expect(router.currentRoute.value.name, 'somebody is there').toBe('overview')
  await vi.advanceTimersByTimeAsync(2000)
  expect(router.currentRoute.value.name).toBe('kiosk')
})

const listed = () => [...document.querySelectorAll('[role=dialog] kbd')].map((one) => one.textContent)
async function askForKeys() {
  window.dispatchEvent(new KeyboardEvent('keydown', { key: '?', shiftKey: true }))
  await flushPromises()
}

test('the list of keys has what works here, and no more', async () => {
  const { wrapper } = await app('/')
  await askForKeys()
  expect(listed()).toEqual(expect.arrayContaining(['g o', 'g s', 'g f', 'Ctrl+,', '?']))
  listOpen.value = false
  wrapper.unmount()
  document.body.replaceChildren()
  await app('/', true)
  await askForKeys()
  expect(listed()).toEqual(['?'])
  listOpen.value = false
})

test('what plays keeps its buttons from page to page', async () => {
  const { wrapper, service } = await app('/')
  expect(wrapper.find('section[aria-label="Player"]').exists()).toBe(false)
  await usePlaybackStore().play(service.world.files.find(({ state }) => state === 'complete')!.id)
  await flushPromises()
  expect(wrapper.find('section[aria-label="Player"]').exists()).toBe(true)
})
