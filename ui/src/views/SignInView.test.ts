import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeDoor } from '../../tests/fake/door'
import { makeWorld } from '../../tests/fake/world'
import { mountWith, type Mounted } from '../../tests/mount'
import App from '../App.vue'
import { throughDoor, type Access } from '../api'
import { keepBack, takeBack, useMeStore } from '../stores'
import './AccountView.vue'
import './FilesView.vue'
import './OverviewView.vue'
import './SignInView.vue'

let mounted: Mounted
let door: FakeDoor
/** happy-dom's window, which can be made narrow. */
const viewport = (window as unknown as { happyDOM: { setViewport(size: { width: number; height: number }): void } }).happyDOM
const LONG = { timeout: 20_000 }
vi.setConfig({ testTimeout: 30_000 })

async function page(level?: Access, at = '/files', arrange: (door: FakeDoor) => void = () => undefined) {
  door = new FakeDoor(level)
  arrange(door)
  throughDoor(door)
  mounted = await mountWith(App, { world: makeWorld({ recorders: 8, now: Date.parse('2026-03-14T12:00:00Z') }), at })
  await settle()
  return mounted
}
const settle = async () => {
  await flushPromises()
  await vi.advanceTimersByTimeAsync(500)
  await flushPromises()
}
const button = (label: string) => [...document.querySelectorAll<HTMLElement>('button, a.v-btn')].find((one) => one.textContent?.trim() === label)!
const field = (label: string) => mounted.wrapper.findAll('.v-text-field').find((one) => one.find('label').text() === label)!.find('input')
const route = () => String(mounted.router.currentRoute.value.name)
const asked = () => mounted.service.asked.length

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }))
afterEach(() => {
  mounted?.wrapper.unmount()
  throughDoor(undefined)
  vi.useRealTimers()
  document.body.innerHTML = ''
})

test('nobody is in: the door is shown, and nothing else is asked', async () => {
  await page()
  expect([route(), mounted.wrapper.find('nav').exists(), asked()]).toEqual(['sign-in', false, 0])
  expect(mounted.wrapper.text()).toContain('Sign in to Funkhaus')
})

test('whoever signs in comes to the page that was meant, and everything is read', async () => {
  await page()
  await field('User').setValue('operator')
  await field('Password').setValue('right')
  await mounted.wrapper.find('form').trigger('submit')
  await settle()
  await vi.waitFor(() => expect(route()).toBe('files'), LONG)
  expect(mounted.service.asked.some(({ operation }) => operation === 'level_layout')).toBe(true)
  expect(mounted.wrapper.text()).toContain('Connected to Funkhaus')
})

test('a wrong password says so and keeps the user; a lock-out counts down', async () => {
  await page()
  await field('User').setValue('nora')
  await field('Password').setValue('wrong')
  await mounted.wrapper.find('form').trigger('submit')
  await settle()
  expect(mounted.wrapper.text()).toContain('The user or the password is wrong.')
  expect([(field('User').element as HTMLInputElement).value, (field('Password').element as HTMLInputElement).value]).toEqual(['nora', ''])
  door.waitS = 3
  await field('Password').setValue('wrong')
  await mounted.wrapper.find('form').trigger('submit')
  await flushPromises()
  expect(mounted.wrapper.text()).toContain('Wait for 3 s')
  await field('Password').setValue('right')
  expect((button('Sign in') as HTMLButtonElement).disabled).toBe(true)
  door.waitS = 0
  await vi.advanceTimersByTimeAsync(3000)
  expect((button('Sign in') as HTMLButtonElement).disabled).toBe(false)
})

test('emergency access is behind a small link, warns, and is on every page afterwards', async () => {
  await page()
  button('Emergency access').click()
  await settle()
  expect(mounted.wrapper.text()).toContain('written into the audit log and raises an alarm')
  await field('Emergency password').setValue('glass')
  await mounted.wrapper.find('form').trigger('submit')
  await settle()
  await vi.waitFor(() => expect(route()).toBe('files'), LONG)
  expect(mounted.wrapper.text()).toContain('Emergency access. It is recorded and has raised an alarm. It ends in 30 min')
})

test('only the ways that there are are offered', async () => {
  await page(undefined, '/', (one) => (one.offers = { station: 'Funkhaus', local: false, breakglass: false, provider: true }))
  expect(button('Sign in with Microsoft')).toBeDefined()
  expect([button('Sign in'), button('Emergency access')]).toEqual([undefined, undefined])
})

test('whoever comes back from the provider without having come in is told where else to go, once', async () => {
  keepBack('/files')
  await page(undefined, '/')
  expect(mounted.wrapper.text()).toContain('Signing in by the provider was not finished.')
  expect(mounted.wrapper.text()).toContain('emergency access works without it')
  expect(takeBack()).toBeUndefined()
  await field('User').setValue('operator')
  await field('Password').setValue('right')
  await mounted.wrapper.find('form').trigger('submit')
  await settle()
  await vi.waitFor(() => expect(route()).toBe('files'), LONG)
})

test('a station that does not answer is asked again until it does', async () => {
  await page('operator', '/files', (one) => (one.down = true))
  expect(route()).toBe('sign-in')
  expect(mounted.wrapper.text()).toContain('cannot reach the recorder service')
  door.down = false
  await vi.advanceTimersByTimeAsync(5000)
  await vi.waitFor(() => expect(route()).toBe('files'), LONG)
})

test('a session that ends leads to the door and back to the same page', async () => {
  await page('operator')
  expect(route()).toBe('files')
  // Several requests were on their way, and each is refused.
  door.endSession()
  door.endSession()
  await settle()
  await vi.waitFor(() => expect(route()).toBe('sign-in'), LONG)
  expect(mounted.wrapper.text()).toContain('Your session has ended')
  const before = asked()
  await vi.advanceTimersByTimeAsync(30_000)
  expect(asked()).toBe(before)
  await field('User').setValue('operator')
  await field('Password').setValue('right')
  await mounted.wrapper.find('form').trigger('submit')
  await settle()
  await vi.waitFor(() => expect(route()).toBe('files'), LONG)
})

test.each([
  ['viewer', ['Overview', 'Studios', 'Sources', 'Files', 'You']],
  ['studio', ['Overview', 'Files', 'You']],
  ['operator', ['Overview', 'Studios', 'Sources', 'Files', 'Doctor', 'You']],
  ['admin', ['Overview', 'Studios', 'Sources', 'Files', 'Doctor', 'Settings', 'You']],
] as const)('a %s finds only their own pages', async (level, names) => {
  viewport.setViewport({ width: 1280, height: 800 })
  await page(level, '/overview')
  expect(mounted.wrapper.findAll('nav a').map((one) => one.text())).toEqual(names)
  expect(useMeStore().can('start_recorder')).toBe(level !== 'viewer')
  expect(useMeStore().can('start_all')).toBe(level === 'operator' || level === 'admin')
})

test('in a narrow window most ways are under More', async () => {
  viewport.setViewport({ width: 1000, height: 800 })
  await page('admin', '/overview')
  expect(mounted.wrapper.findAll('nav a').map((one) => one.text())).toEqual(['Overview', 'Files', 'Doctor'])
  document.querySelector<HTMLElement>('nav button')!.click()
  await settle()
  expect([...document.querySelectorAll('.foot__more a')].map((one) => one.textContent?.trim())).toEqual(['Studios', 'Sources', 'Settings', 'You'])
})

test('a page that is not for somebody leads home', async () => {
  await page('viewer', '/overview')
  await mounted.router.push('/settings')
  await settle()
  expect(route()).toBe('overview')
})

test('in the window on the station there is no door, and everything may be done', async () => {
  throughDoor(undefined)
  mounted = await mountWith(App, { at: '/overview' })
  await settle()
  expect(route()).toBe('overview')
  expect(mounted.wrapper.findAll('nav a').map((one) => one.text())).not.toContain('You')
  expect(useMeStore().can('change_settings')).toBe(true)
  await mounted.router.push('/sign-in')
  await settle()
  expect(route()).toBe('overview')
})

test('a session that ends soon is prolonged where it slides, and warned of where it does not', async () => {
  await page('operator', '/files', (one) => (one.lasts = 60))
  await settle()
  expect(mounted.wrapper.text()).toContain('Your session ends at')
  door.lasts = 43_200
  await vi.advanceTimersByTimeAsync(130_000)
  await settle()
  expect(mounted.wrapper.text()).not.toContain('Your session ends at')
})
