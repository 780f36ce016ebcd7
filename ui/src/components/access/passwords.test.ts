import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import { mountWith, type Mounted } from '../../../tests/mount'
import OwnPassword from './OwnPassword.vue'
import PasswordDialog from './PasswordDialog.vue'

let mounted: Mounted | undefined
afterEach(() => {
  mounted?.wrapper.unmount()
  document.body.innerHTML = ''
})
const field = (label: string) =>
  [...document.querySelectorAll('.v-text-field')].find((one) => one.querySelector('label')!.textContent === label)!.querySelector('input')!
async function type(label: string, text: string) {
  const input = field(label)
  input.value = text
  input.dispatchEvent(new Event('input'))
  await flushPromises()
}
async function send() {
  document.querySelector('form')!.dispatchEvent(new Event('submit'))
  await flushPromises()
}
const said = () => document.body.textContent

test('another password is sent once it is long enough and twice the same', async () => {
  const saved: string[] = []
  mounted = await mountWith(PasswordDialog, { props: { title: 'x', text: 'y', save: async (typed: string) => void saved.push(typed) } })
  await flushPromises()
  await type('New password', 'short')
  await send()
  expect(said()).toContain('At least 10 characters')
  expect(said()).toContain('The two are not the same')
  await type('New password', 'long enough')
  await type('New password once more', 'long enougH')
  await send()
  expect([saved, said()!.includes('The two are not the same')]).toEqual([[], true])
  await type('New password once more', 'long enough')
  await send()
  expect(saved).toEqual(['long enough'])
})

test('one’s own is sent with the one before, and nothing of it stays in the fields', async () => {
  mounted = await mountWith(OwnPassword)
  await type('Password now', 'right')
  await type('New password', 'long enough')
  await send()
  expect(said()).toContain('The two are not the same')
  await type('New password once more', 'long enough')
  await send()
  const asked = mounted.service.asked.find(({ operation }) => operation === 'change_own_password')
  expect(asked?.request).toEqual({ current: 'right', new: 'long enough' })
  expect(['Password now', 'New password', 'New password once more'].map((one) => field(one).value)).toEqual(['', '', ''])
})
