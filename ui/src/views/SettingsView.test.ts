import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeShell } from '../../tests/fake/shell'
import { makeWorld, type World } from '../../tests/fake/world'
import { mountWith, type Mounted } from '../../tests/mount'
import { inShell } from '../api'
import './FilesView.vue'
import './KioskView.vue'
import './SettingsView.vue'

let mounted: Mounted | undefined
/** Patience, not a time that is tested: pages are loaded while other work has the machine. */
const LONG = { timeout: 20_000 }
vi.setConfig({ testTimeout: 30_000 })

async function settings(change: (world: World) => void = () => undefined, arrange?: (service: Mounted['service']) => void, at = '/settings') {
  const world = makeWorld({ recorders: 8, now: Date.parse('2026-03-14T12:00:00Z') })
  change(world)
  const { RouterView } = await import('vue-router')
  mounted = await mountWith(RouterView, { world, at, arrange })
  await mounted.session.open()
  await flushPromises()
  await vi.advanceTimersByTimeAsync(500)
  await flushPromises()
  return mounted
}
const asked = (operation: string) => mounted!.service.asked.filter((one) => one.operation === operation).map(({ request }) => request)
const button = (label: string) => [...document.querySelectorAll<HTMLButtonElement>('button')].find((one) => one.textContent?.trim() === label)!
const field = (label: string) =>
  mounted!.wrapper.findAll('.v-text-field').find((one) => one.find('label').text() === label)!.find('input')
const settle = async () => {
  await flushPromises()
  await vi.advanceTimersByTimeAsync(500)
  await flushPromises()
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  mounted?.wrapper.unmount()
  inShell(undefined)
  vi.useRealTimers()
  document.body.innerHTML = ''
})

test('saving is offered with what it changes, and sends only that', async () => {
  const { wrapper } = await settings()
  expect(button('Save')).toBeUndefined()
  await field('Station name').setValue('Radio West')
  await settle()
  expect(wrapper.text()).toContain('Station name: at once')
  await wrapper.find('form').trigger('submit')
  await settle()
  expect(asked('change_settings')).toEqual([{ station: 'Radio West' }])
  expect(button('Save')).toBeUndefined()
})

test('an address leads to its section', async () => {
  await settings(undefined, undefined, '/settings?section=backup')
  expect(document.activeElement?.id).toBe('backup')
})

test('what is wrong is said as it is typed, and cannot be saved', async () => {
  const { wrapper } = await settings()
  await field('Folder for recordings').setValue('recordings')
  await settle()
  expect(wrapper.text()).toContain('The path must begin with a slash.')
  expect(button('Save').disabled).toBe(true)
  await wrapper.find('form').trigger('submit')
  await settle()
  expect(asked('change_settings')).toEqual([])
})

test('a refusal is shown where it was asked for, and nothing that was typed is lost', async () => {
  const { wrapper, service } = await settings()
  service.refuse.set('change_settings', { code: 'conflict', message: 'The folder cannot be written to. Choose another one.', request_id: 'r1' })
  await field('Station name').setValue('Radio West')
  await settle()
  await wrapper.find('form').trigger('submit')
  await settle()
  expect(wrapper.text()).toContain('The folder cannot be written to. Choose another one.')
  expect((field('Station name').element as HTMLInputElement).value).toBe('Radio West')
})

test('leaving with something unsaved asks; staying keeps it, leaving goes where it was meant to', async () => {
  const { router } = await settings()
  await field('Station name').setValue('Radio West')
  await settle()
  await router.push('/files')
  await settle()
  expect(router.currentRoute.value.name).toBe('settings')
  expect(document.body.textContent).toContain('Leave without saving?')
  button('Stay and save').click()
  await settle()
  expect((field('Station name').element as HTMLInputElement).value).toBe('Radio West')
  await router.push('/files')
  await settle()
  button('Leave').click()
  await settle()
  await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('files'), LONG)
  expect(asked('change_settings')).toEqual([])
})

test('a locked folder says why and cannot be typed into', async () => {
  inShell(new FakeShell())
  const { wrapper } = await settings((world) => (world.settings.archive_root_locked = 'AUDYN_ARCHIVE_ROOT is set.'))
  expect(wrapper.text()).toContain('It cannot be changed here: AUDYN_ARCHIVE_ROOT is set.')
  expect(field('Folder for recordings').attributes('readonly')).toBeDefined()
  expect(button('Choose a folder…')).toBeUndefined()
})

test('the window chooses a folder', async () => {
  const shell = new FakeShell()
  inShell(shell)
  await settings()
  button('Choose a folder…').click()
  await settle()
  expect(shell.told).toEqual(['pick /srv/audyn'])
  expect((field('Folder for recordings').element as HTMLInputElement).value).toBe('/media/stick')
})

test('names that cannot be used hold saving back', async () => {
  const { wrapper } = await settings((world) => (world.settings.writing = { ...world.settings.writing, layout: 'custom', custom_format: null }))
  await field('Station name').setValue('Radio West')
  await settle()
  expect(wrapper.text()).toContain('The naming is not usable yet')
  expect(button('Save').disabled).toBe(true)
})

test('a backup is not restored while something records, and says what is in it', async () => {
  await settings()
  button('Restore…').click()
  await settle()
  expect(document.body.textContent).toContain('In this backup: 64 recorders, 64 sources, 30 studios')
  expect(document.body.textContent).toContain('7 recorders are recording. Stop them first')
  expect(button('Hold to restore').disabled).toBe(true)
})

test('a backup that is damaged is not restored, and what is wrong with it is said', async () => {
  const why = 'The backup audyn-2026-03-14T03-00-00Z.db is damaged (database disk image is malformed); choose another one.'
  await settings(
    (world) => world.recorders.forEach((recorder) => (recorder.state = 'stopped')),
    (service) => service.refuse.set('check_backup', { code: 'unavailable', message: why, request_id: 'r1' }),
  )
  button('Restore…').click()
  await settle()
  expect(asked('check_backup')).toEqual([{ name: 'audyn-2026-03-14T03-00-00Z.db' }])
  expect(document.querySelector('.v-overlay [role=alert]')?.textContent).toBe(why)
  expect(button('Hold to restore').disabled).toBe(true)
})

test('with everything stopped it is restored, and everything is read again', async () => {
  await settings((world) => world.recorders.forEach((recorder) => (recorder.state = 'stopped')))
  const before = asked('list_recorders').length
  button('Restore…').click()
  await settle()
  button('Hold to restore').dispatchEvent(new MouseEvent('click', { detail: 0, bubbles: true }))
  await settle()
  expect(asked('restore_backup')).toEqual([{ name: 'audyn-2026-03-14T03-00-00Z.db' }])
  expect(asked('list_recorders').length).toBe(before + 1)
})

test('a machine that becomes a studio’s screen shows its studio', async () => {
  const { router, wrapper } = await settings()
  const kiosk = wrapper.findAll('.v-switch').find((one) => one.text().includes('studio’s screen'))!
  await kiosk.find('input').setValue(true)
  await settle()
  await wrapper.find('form').trigger('submit')
  await settle()
  expect(asked('change_settings')).toEqual([{ kiosk: true }])
  await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('kiosk'), LONG)
})
