import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeDoor } from '../../tests/fake/door'
import { FakeShell } from '../../tests/fake/shell'
import { makeWorld } from '../../tests/fake/world'
import { mountWith, type Mounted } from '../../tests/mount'
import App from '../App.vue'
import { ApiError, inShell, type Access, type SignedIn } from '../api'
import { useMeStore } from '../stores'
import './AccountView.vue'
import './KioskView.vue'
import './OverviewView.vue'

const NOW = Date.parse('2026-03-14T12:00:00Z')
let mounted: Mounted
let shell: FakeShell
const reload = vi.fn()
const LONG = { timeout: 20_000 }
vi.setConfig({ testTimeout: 30_000 })

const somebody = (level: Access): SignedIn => ({ user: FakeDoor.of(level), way: 'provider', expires: null })
/** The window on the station. */
async function window_(arrange: (shell: FakeShell) => void, at = '/account', kiosk = false) {
  shell = new FakeShell()
  arrange(shell)
  inShell(shell)
  const world = makeWorld({ recorders: 8, now: NOW, kiosk })
  world.selection = world.studios[0]!.id
  mounted = await mountWith(App, { world, at })
  await flushPromises()
}
const button = (label: string) =>
  [...document.querySelectorAll<HTMLElement>('button')].find((one) => one.textContent?.trim() === label)!
const rail = () => [...document.querySelectorAll('nav .rail__item')].map((one) => one.textContent?.trim())
const press = async (label: string) => {
  button(label).click()
  await flushPromises()
}

beforeEach(() => {
  reload.mockReset()
  vi.spyOn(window.location, 'reload').mockImplementation(reload)
})
afterEach(() => {
  mounted?.wrapper.unmount()
  inShell(undefined)
  vi.restoreAllMocks()
  document.body.innerHTML = ''
})

test('where nobody can sign in at the window, nothing is said of it', async () => {
  await window_(() => undefined, '/overview')
  await vi.waitFor(() => expect(rail()).toContain('Settings'), LONG)
  expect([rail().includes('You'), useMeStore().can('change_settings')]).toEqual([false, true])
})

test('a code, its address and a picture of that are shown; once it is used the page is loaded for whoever used it', async () => {
  await window_((one) => (one.provider = true), '/overview')
  await vi.waitFor(() => expect(rail()).toContain('You'), LONG)
  await mounted.router.push('/account')
  await vi.waitFor(() => expect(button('Sign in')).toBeTruthy(), LONG)
  await press('Sign in')
  for (const text of ['BCDF-GHJK', 'https://login.microsoft.com/device', '15 min']) expect(document.body.textContent).toContain(text)
  expect(document.querySelector('svg.qr path')!.getAttribute('d')!.length).toBeGreaterThan(1000)
  shell.used(somebody('operator'))
  await flushPromises()
  expect(reload).toHaveBeenCalled()
})

test('a code that was refused or given up is told, and another is to be had', async () => {
  await window_((one) => (one.provider = true), '/overview')
  await vi.waitFor(() => expect(rail()).toContain('You'), LONG)
  await mounted.router.push('/account')
  await vi.waitFor(() => expect(button('Sign in')).toBeTruthy(), LONG)
  await press('Sign in')
  shell.unused(new ApiError('unauthenticated', 'The code was not used in time. Begin again.', 'fake'))
  await flushPromises()
  expect(document.body.textContent).toContain('not used in time')
  expect(document.body.textContent).not.toContain('BCDF-GHJK')
  await press('New code')
  expect(document.body.textContent).toContain('BCDF-GHJK')
  await press('Cancel')
  expect(shell.told).toEqual(['begin sign-in', 'begin sign-in', 'cancel sign-in'])
  expect(reload).not.toHaveBeenCalled()
})

test('whoever is signed in at the window has their own rights there, until they sign out', async () => {
  await window_((one) => (one.signed = somebody('operator')), '/overview')
  await vi.waitFor(() => expect(rail()).toContain('You'), LONG)
  expect([rail().includes('Settings'), useMeStore().can('start_recorder')]).toEqual([false, true])
  expect(document.querySelector('header.bar')!.textContent).toContain('Nora Keller')
  await mounted.router.push('/account')
  await vi.waitFor(() => expect(button('Sign out')).toBeTruthy(), LONG)
  await press('Sign out')
  expect(shell.told).toContain('sign out')
  expect(reload).toHaveBeenCalled()
})

test('a studio’s screen names who sits there, and lets them go', async () => {
  await window_((one) => {
    one.provider = true
    one.signed = somebody('viewer')
  }, '/kiosk', true)
  await vi.waitFor(() => expect(button('Nora Keller')).toBeTruthy(), LONG)
  expect(document.body.textContent).toContain('Recording')
  expect(document.body.textContent).not.toContain('Hold to stop')
  await press('Nora Keller')
  await press('Sign out')
  expect(shell.told).toContain('sign out')
})
