import { enableAutoUnmount, flushPromises } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import { mountWith } from '../../tests/mount'
import ConfirmSheet from './ConfirmSheet.vue'

enableAutoUnmount(afterEach)
afterEach(() => document.body.replaceChildren())

const props = { modelValue: true, title: 'Stop Studio 1?', text: 'The file is finished.', confirmLabel: 'Stop', cancelLabel: 'Keep recording' }
const buttons = () => [...document.querySelectorAll<HTMLButtonElement>('[role=alertdialog] button')]

test('the harmless answer comes first and has the focus', async () => {
  await mountWith(ConfirmSheet, { props })
  await flushPromises()
  expect(buttons().map((one) => one.textContent?.trim())).toEqual(['Keep recording', 'Stop'])
  expect(document.activeElement).toBe(buttons()[0])
})

test('confirming says so once', async () => {
  let confirmed = 0
  await mountWith(ConfirmSheet, { props: { ...props, onConfirm: () => (confirmed += 1) } })
  await flushPromises()
  buttons()[1]!.click()
  expect(confirmed).toBe(1)
})

test('where confirming is held, a key confirms too', async () => {
  let confirmed = 0
  await mountWith(ConfirmSheet, { props: { ...props, holdSeconds: 2, onConfirm: () => (confirmed += 1) } })
  await flushPromises()
  buttons()[1]!.dispatchEvent(new MouseEvent('click', { detail: 0 }))
  expect(confirmed).toBe(1)
})

test('what takes its time shows that it is at work, and cannot be asked for twice', async () => {
  let confirmed = 0
  await mountWith(ConfirmSheet, { props: { ...props, holdSeconds: 2, busy: true, onConfirm: () => (confirmed += 1) } })
  await flushPromises()
  expect(document.querySelector('.confirm__progress')?.getAttribute('aria-label')).toBe('Working')
  buttons()[1]!.dispatchEvent(new MouseEvent('click', { detail: 0 }))
  expect(confirmed).toBe(0)
})

test('what cannot be done now is no work', async () => {
  await mountWith(ConfirmSheet, { props: { ...props, holdSeconds: 2, disabled: true } })
  await flushPromises()
  expect(document.querySelector('.confirm__progress')).toBeNull()
  expect(buttons().map((one) => one.disabled)).toEqual([false, true])
})
