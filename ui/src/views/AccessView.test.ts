import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeDoor } from '../../tests/fake/door'
import { FakeShell } from '../../tests/fake/shell'
import { mountWith, type Mounted } from '../../tests/mount'
import App from '../App.vue'
import { inShell, throughDoor } from '../api'
import { toasts } from '../kit/toasts'
import './AccessView.vue'
import './SettingsView.vue'

let mounted: Mounted
vi.setConfig({ testTimeout: 30_000 })

async function page(tab: string, arrange: (service: Mounted['service']) => void = () => undefined) {
  throughDoor(new FakeDoor('admin'))
  mounted = await mountWith(App, { at: `/settings/${tab}`, arrange })
  await settle()
}
const settle = async () => {
  await flushPromises()
  await vi.advanceTimersByTimeAsync(600)
  await flushPromises()
}
const text = () => mounted.wrapper.text()
const all = () => document.body.textContent ?? ''
const asked = (operation: string) => mounted.service.asked.filter((one) => one.operation === operation).map(({ request }) => request)
const button = (label: string) =>
  [...document.querySelectorAll<HTMLElement>('button, .v-list-item')].filter((one) => (one.getAttribute('aria-label') ?? one.textContent?.trim()) === label).at(-1)!
const press = async (label: string) => {
  button(label).click()
  await settle()
}
/** Held by keyboard or assistive technology, a button asks nothing more of the finger. */
const hold = async (label: string) => {
  button(label).dispatchEvent(new MouseEvent('click', { detail: 0, bubbles: true }))
  await settle()
}
async function type(label: string, value: string) {
  const field = [...document.querySelectorAll('.v-text-field')].filter((one) => one.querySelector('label')?.textContent === label).at(-1)!
  const input = field.querySelector('input')!
  input.value = value
  input.dispatchEvent(new Event('input', { bubbles: true }))
  await settle()
}
async function submit() {
  const form = [...document.querySelectorAll('form')].at(-1)!
  form.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
  await settle()
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] }))
afterEach(() => {
  mounted?.wrapper.unmount()
  throughDoor(undefined)
  inShell(undefined)
  vi.useRealTimers()
  document.body.innerHTML = ''
})

test('users are shown with what they may, and one is added', async () => {
  await page('users')
  for (const word of ['Nora Keller', 'Administrator', 'Studio: Studio 1', 'Barred', 'Provider']) expect(text()).toContain(word)
  await press('Add user')
  await type('Address or user name', 'eva@funkhaus.example')
  await type('Password', 'short')
  await submit()
  expect(all()).toContain('At least 10 characters.')
  expect(asked('create_user')).toEqual([])
  await type('Password', 'long enough')
  await submit()
  expect(asked('create_user')).toEqual([{ email: 'eva@funkhaus.example', name: null, password: 'long enough', access: 'operator', studio_id: null }])
  expect(text()).toContain('eva@funkhaus.example')
})

test('the last administrator stays, and it is said why', async () => {
  await page('users')
  await press('More for Nora Keller')
  await press('Remove…')
  await hold('Hold to remove')
  expect(all()).toContain('This is the last administrator.')
  expect(text()).toContain('nora@funkhaus.example')
})

test('a password is set only when both are the same', async () => {
  await page('users')
  await press('More for Jan Meier')
  await press('Set a password…')
  await type('New password', 'long enough')
  await type('New password once more', 'long enougj')
  await submit()
  expect(all()).toContain('The two are not the same.')
  await type('New password once more', 'long enough')
  await submit()
  expect(asked('set_password')).toEqual([{ id: 'user-4', password: 'long enough' }])
})

test('a session is ended, but not the one that looks', async () => {
  await page('sessions')
  for (const word of ['This browser', 'Safari on iPhone', 'Emergency access']) expect(text()).toContain(word)
  expect(button('End the session of Nora Keller')).toBeUndefined()
  await press('End the session of Breakglass Admin')
  await press('End')
  expect(asked('end_session')).toEqual([{ id: 'session-3' }])
  expect(text()).not.toContain('Breakglass Admin')
})

test('a token’s secret is shown once', async () => {
  await page('tokens')
  await press('New token')
  await submit()
  expect(all()).toContain('A name is needed.')
  await type('What it is for', 'Scheduler')
  await submit()
  expect(asked('create_token')).toEqual([{ name: 'Scheduler', access: 'viewer', studio_id: null, days: 365 }])
  expect(all()).toContain('audyn_Zk9x')
  await press('I have kept it')
  expect(all()).not.toContain('audyn_Zk9x')
  expect(text()).toContain('Scheduler')
})

test('a token is revoked', async () => {
  await page('tokens')
  await press('Revoke Playout')
  await hold('Hold to revoke')
  expect(asked('revoke_token')).toEqual([{ id: 'token-1' }])
})

test('the audit log is searched, read on, and what refuses is told', async () => {
  await page('audit')
  expect(asked('audit_log')).toEqual([{ search: null, result: null, from: null, until: null, before: null, limit: 200 }])
  await press('Earlier')
  expect(asked('audit_log').at(-1)).toMatchObject({ before: 801 })
  expect(button('Earlier')).toBeUndefined()
  await type('Search who, what, where', 'nobody at all')
  expect(text()).toContain('Nothing in the log answers to this.')
  mounted.service.refuse.set('audit_log', { code: 'unavailable', message: 'The log is being trimmed.', request_id: 'r1' })
  await type('Search who, what, where', 'nora')
  expect(text()).toContain('The log is being trimmed.')
})

test('opening to the network says where and who could get in before it does', async () => {
  await page('network', ({ access }) => {
    access.settings.listener.on = false
    access.listener = { ...access.listener, open: false, addresses: [] }
  })
  expect(text()).toContain('Only this machine')
  mounted.wrapper.findAll('.v-switch').find((one) => one.text().includes('Let browsers'))!.find('input').setValue(true)
  await settle()
  mounted.wrapper.find('form').trigger('submit')
  await settle()
  expect(asked('change_access_settings')).toEqual([])
  for (const word of ['Open Audyn to the network?', 'port 8000, All of them', '4F:1C:9A', '3 users, whoever has the emergency password']) expect(all()).toContain(word)
  await press('Open')
  expect(asked('change_access_settings')).toMatchObject([{ listener: { on: true, port: 8000 } }])
})

test('the certificate, the addresses and what is wrong are shown', async () => {
  await page('network', ({ access }) => {
    access.listener.problem = 'Port 8000 is taken by another program. Choose another one.'
    access.listener.certificate_until = '2026-03-20T00:00:00Z'
  })
  for (const word of ['https://10.20.4.8:8000', '4F:1C:9A:20', 'Port 8000 is taken', 'Browsers warn of it until it is trusted', 'The certificate ends']) expect(text()).toContain(word)
})

test('a wrong port is not saved', async () => {
  await page('network')
  await type('Port', '70000')
  expect(text()).toContain('A number from 1 to 65535.')
  mounted.wrapper.find('form').trigger('submit')
  await settle()
  expect(asked('change_access_settings')).toEqual([])
})

test('a new emergency password goes out once and is not kept in the page', async () => {
  await page('network')
  await type('New emergency password', 'sealed envelope')
  mounted.wrapper.findAll('form')[2]!.trigger('submit')
  await settle()
  expect(asked('set_breakglass')).toEqual([{ on: true, minutes: 30, password: 'sealed envelope' }])
  expect([...document.querySelectorAll('input')].map(({ value }) => value)).not.toContain('sealed envelope')
})

test('a list that cannot be read says so and is read again', async () => {
  await page('users', (service) => service.refuse.set('list_users', { code: 'internal', message: 'The users could not be read.', request_id: 'r1' }))
  expect(text()).toContain('The users could not be read.')
  mounted.service.refuse.clear()
  await press('Try again')
  expect(text()).toContain('Nora Keller')
})

test('the window writes the audit log where a person says, as it is narrowed', async () => {
  const shell = new FakeShell()
  inShell(shell)
  mounted = await mountWith(App, { at: '/settings/audit' })
  await settle()
  await type('Search who, what, where', 'ann')
  await press('Export')
  expect(shell.told).toHaveLength(1)
  expect(shell.told[0]).toMatch(/^export audyn-audit-\d{4}-\d\d-\d\d\.jsonl .*"search":"ann"/)
  expect(toasts.map((one) => JSON.stringify(one)).join()).toContain('250 entries are in /home/ada/audit.jsonl')
  expect(asked('export_audit')).toEqual([])
  // Given up, nothing is said.
  shell.saveTo = null
  toasts.splice(0)
  await press('Export')
  expect(toasts).toEqual([])
})
