import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeShell } from '../../tests/fake/shell'
import { makeWorld, type World } from '../../tests/fake/world'
import { mountWith, type Mounted } from '../../tests/mount'
import { inShell } from '../api'
import KioskView from './KioskView.vue'
import './SettingsView.vue'

const NOW = Date.parse('2026-03-14T12:00:00Z')
let mounted: Mounted | undefined
/** Patience, not a time that is tested: pages are loaded while other work has the machine. */
const LONG = { timeout: 20_000 }
vi.setConfig({ testTimeout: 30_000 })

/** The screen of one of the world's studios, by number. */
async function kiosk(studio: number, change: (world: World) => void = () => undefined) {
  const world = makeWorld({ recorders: 8, now: NOW, kiosk: true })
  world.selection = world.studios[studio - 1]?.id ?? null
  change(world)
  mounted = await mountWith(KioskView, { world, at: '/kiosk' })
  await mounted.session.open()
  await flushPromises()
  return mounted
}
const words = () => mounted!.wrapper.text()
const asked = (operation: string) => mounted!.service.asked.filter((one) => one.operation === operation).map(({ request }) => request)
const button = (label: string) =>
  [...document.querySelectorAll('button')].find((one) => one.textContent?.includes(label) || one.getAttribute('aria-label') === label)!

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW })
})
afterEach(() => {
  mounted?.wrapper.unmount()
  inShell(undefined)
  vi.useRealTimers()
  document.body.innerHTML = ''
})

test('a recording studio: plate, elapsed time, what is on air, three health words', async () => {
  await kiosk(1)
  for (const one of ['Studio 1', 'Recording', '2026-03-14-07.wav', '24-bit', 'Network', 'Both lines', 'Clock', 'Locked', 'Disk', '38 days left']) {
    expect(words()).toContain(one)
  }
  expect(button('Hold to stop')).toBeTruthy()
})

test('there is no way to another page but the lock', async () => {
  await kiosk(1)
  expect(document.querySelectorAll('a[href]')).toHaveLength(0)
  const labels = [...document.querySelectorAll('button')].map((one) => one.getAttribute('aria-label') ?? one.textContent)
  expect(labels.filter((label) => !/Hold to stop|Play|All recordings|Unlock this screen/.test(label ?? ''))).toEqual([])
})

test('one press records; a second one at once does nothing', async () => {
  await kiosk(8)
  expect(words()).toContain('Ready')
  button('Record').click()
  button('Starting')?.click()
  await flushPromises()
  expect(asked('start_recorder')).toEqual([{ id: 8 }])
})

test('what was kept is offered beside Record, and one press begins with it', async () => {
  await kiosk(8)
  button('Record from 2 min ago').click()
  await flushPromises()
  expect(asked('start_recorder')).toEqual([{ id: 8, from_seconds_ago: 120 }])
  expect(button('Record from')).toBeUndefined()
})

test.each([
  ['nothing is kept', (world: World) => (world.recorders[7]!.pre_roll_s = 0)],
  ['it records on sound', (world: World) => (world.recorders[7]!.config = { vox: {} })],
])('where %s, only Record is offered', async (_, change) => {
  await kiosk(8, change)
  expect(button('Record')).toBeTruthy()
  expect(button('Record from')).toBeUndefined()
})

test('a click does not stop; a key asks first, with the harmless answer in focus', async () => {
  await kiosk(1)
  const stop = button('Hold to stop')
  stop.dispatchEvent(new MouseEvent('click', { detail: 1, bubbles: true }))
  await flushPromises()
  expect(asked('stop_recorder')).toEqual([])
  stop.dispatchEvent(new MouseEvent('click', { detail: 0, bubbles: true }))
  await flushPromises()
  expect(document.body.textContent).toContain('Stop recording in Studio 1?')
  expect(asked('stop_recorder')).toEqual([])
  ;[...document.querySelectorAll<HTMLButtonElement>('.confirm button')].find((one) => one.textContent?.trim() === 'Stop')!.click()
  await flushPromises()
  expect(asked('stop_recorder')).toEqual([{ id: 1 }])
})

test('a studio without a recorder says whom to ask, and offers nothing to press', async () => {
  await kiosk(1, (world) => (world.studios[0]!.recorder_id = null))
  expect(words()).toContain('Studio 1 has no recorder. Ask engineering.')
  expect(words()).toContain('Engineering 4711')
  expect(button('Record')).toBeUndefined()
})

test('an error says that nothing is recorded, the next try and the contact, and can still be stopped', async () => {
  await kiosk(6)
  for (const one of ['Not recording', 'No audio is being recorded', 'Tell engineering: Engineering 4711']) expect(words()).toContain(one)
  expect(button('Hold to stop')).toBeTruthy()
})

test('a degraded studio records first, and shows where the last minute has holes', async () => {
  await kiosk(5)
  await flushPromises()
  expect(words()).toContain('1.284 s of audio is missing so far')
  expect(mounted!.wrapper.find('.message__strip').attributes('aria-label')).toMatch(/^In the last 60 seconds audio is missing in \d+ places$/)
})

test('a recording is played over the right half, the state stays in sight, and closing ends playing', async () => {
  await kiosk(1)
  mounted!.wrapper.find('.row__play').element.dispatchEvent(new MouseEvent('click', { bubbles: true }))
  await flushPromises()
  // The newest one is still being written: the last finished one is the first in the list.
  expect(asked('play')).toEqual([{ file_id: 'file-0-1', at_s: 0 }])
  const sheet = mounted!.wrapper.find('.sheet')
  expect(sheet.text()).toContain('Recording')
  expect(mounted!.wrapper.find('.meters').exists()).toBe(true)
  button('Close recordings').click()
  await flushPromises()
  expect(asked('stop_playback')).toHaveLength(1)
  expect(mounted!.wrapper.find('.sheet').exists()).toBe(false)
})

test('only this studio’s recordings are asked for', async () => {
  const { service } = await kiosk(3)
  expect(service.asked.filter(({ operation }) => operation === 'list_files').map(({ request }) => request)).toEqual([
    { studio_id: 'studio-00000002', limit: 50 },
  ])
})

test('a file that is finished appears by itself', async () => {
  const { service, wrapper } = await kiosk(1)
  const growing = service.world.files.find(({ id }) => id === 'file-0-0')!
  service.emit({ type: 'file', data: { ...growing, state: 'complete', duration_s: 3600 } })
  await flushPromises()
  expect(wrapper.findAll('.row__span')[0]!.text()).toBe('13:00–14:00')
})

test('the lock leads to the picker at once, and to settings only when the window has let go', async () => {
  const shell = new FakeShell()
  shell.state = { kiosk: true, locked: true, studio: null, tray: false }
  inShell(shell)
  const { router } = await kiosk(1)
  button('Unlock this screen').dispatchEvent(new MouseEvent('click', { detail: 0, bubbles: true }))
  await flushPromises()
  button('Settings for this screen').click()
  await flushPromises()
  expect(shell.told).toEqual(['lock', 'unlock'])
  await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('settings'), LONG)
})

test('a refused unlocking leaves the screen locked', async () => {
  const shell = new FakeShell()
  shell.unlock = () => Promise.reject({ code: 'forbidden', message: 'no', request_id: '' })
  inShell(shell)
  const { router } = await kiosk(1)
  button('Unlock this screen').dispatchEvent(new MouseEvent('click', { detail: 0, bubbles: true }))
  await flushPromises()
  button('Settings for this screen').click()
  await flushPromises()
  expect(router.currentRoute.value.name).toBe('kiosk')
})
