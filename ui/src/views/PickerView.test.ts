import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeWorld, type World } from '../../tests/fake/world'
import { mountWith, type Mounted } from '../../tests/mount'
import './KioskView.vue'
import PickerView from './PickerView.vue'

let mounted: Mounted | undefined
/** Patience, not a time that is tested: pages are loaded while other work has the machine. */
const LONG = { timeout: 20_000 }
vi.setConfig({ testTimeout: 30_000 })

async function picker(change: (world: World) => void = () => undefined) {
  const world = makeWorld({ recorders: 8, now: Date.parse('2026-03-14T12:00:00Z'), kiosk: true })
  change(world)
  mounted = await mountWith(PickerView, { world, at: '/picker' })
  await flushPromises()
  return mounted
}
const chosen = () => mounted!.service.asked.filter(({ operation }) => operation === 'select_studio').map(({ request }) => request)
const press = (label: string) => [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === label || one.getAttribute('aria-label') === label)!.click()

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(() => {
  mounted?.wrapper.unmount()
  vi.useRealTimers()
  document.body.innerHTML = ''
})

test('one touch chooses; it holds after three seconds', async () => {
  const { router } = await picker()
  press('Show Studio 2 on this screen')
  await flushPromises()
  expect(document.body.textContent).toContain('Studio 2 opens in 3 seconds')
  expect(chosen()).toEqual([])
  vi.advanceTimersByTime(3000)
  await flushPromises()
  expect(chosen()).toEqual([{ id: 'studio-00000001', screen: 'main' }])
  await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('kiosk'), LONG)
})

test('undone in time it was never chosen', async () => {
  const { router } = await picker()
  press('Show Studio 2 on this screen')
  await flushPromises()
  vi.advanceTimersByTime(2000)
  await flushPromises()
  press('Undo')
  vi.advanceTimersByTime(5000)
  await flushPromises()
  expect(chosen()).toEqual([])
  expect(router.currentRoute.value.name).toBe('picker')
})

test('another touch begins anew', async () => {
  await picker()
  press('Show Studio 2 on this screen')
  vi.advanceTimersByTime(2000)
  press('Show Newsroom on this screen')
  vi.advanceTimersByTime(2000)
  await flushPromises()
  expect(chosen()).toEqual([])
  vi.advanceTimersByTime(1000)
  await flushPromises()
  expect(chosen()).toEqual([{ id: 'studio-00000006', screen: 'main' }])
})

test('disabled studios are absent, and the one that is shown here says so', async () => {
  const { wrapper } = await picker((world) => (world.studios[2]!.enabled = false))
  expect(wrapper.text()).not.toContain('FM off-air')
  expect(wrapper.text()).toContain('Shown here now')
})

test('without studios it says where they are made', async () => {
  const { wrapper } = await picker((world) => (world.studios = []))
  expect(wrapper.text()).toContain('Create studios on the operator’s desktop.')
})
