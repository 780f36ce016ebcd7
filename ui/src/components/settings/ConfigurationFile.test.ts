import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeShell } from '../../../tests/fake/shell'
import { makeWorld } from '../../../tests/fake/world'
import { mountWith, type Mounted } from '../../../tests/mount'
import { inShell } from '../../api'
import { toasts } from '../../kit/toasts'
import ConfigurationFile from './ConfigurationFile.vue'

let mounted: Mounted | undefined
vi.setConfig({ testTimeout: 30_000 })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  mounted?.wrapper.unmount()
  inShell(undefined)
  vi.useRealTimers()
  document.body.innerHTML = ''
})

async function settle() {
  await flushPromises()
  await vi.advanceTimersByTimeAsync(500)
  await flushPromises()
}
async function choose(text: string) {
  mounted = await mountWith(ConfigurationFile, { world: makeWorld({ recorders: 2, now: Date.parse('2026-03-14T12:00:00Z') }) })
  await mounted.session.open()
  await settle()
  const input = mounted.wrapper.find('input[type=file]')
  const file = new File([text], 'station.toml')
  Object.defineProperty(input.element, 'files', { value: [file], configurable: true })
  Object.defineProperty(input.element, 'value', { value: '', writable: true })
  await input.trigger('change')
  await vi.waitFor(() => expect(asked('check_configuration')).toHaveLength(1))
  await settle()
  return mounted.wrapper
}
const asked = (operation: string) => mounted!.service.asked.filter((one) => one.operation === operation).map(({ request }) => request)
const button = (label: string) => [...document.querySelectorAll<HTMLButtonElement>('button')].find((one) => one.textContent?.trim() === label)

test('every difference is shown before anything is imported', async () => {
  const wrapper = await choose('audyn_configuration = 1')
  const text = wrapper.text()
  for (const part of ['station.toml changes 4 things; 12 stay as they are.', '239.69.1.1 → 239.69.1.9', 'not set → 239.69.2.9', 'Concert hall', 'Removed', 'Studio 9']) {
    expect(text).toContain(part)
  }
  expect(asked('import_configuration')).toEqual([])
  button('Import…')!.click()
  await settle()
  expect(document.body.textContent).toContain('One thing is removed. Its recordings stay.')
  expect(asked('import_configuration')).toEqual([])
})

test('what is refused cannot be imported, and says why', async () => {
  const wrapper = await choose('refused')
  expect(wrapper.text()).toContain('Studio 1 is recording it.')
  expect(button('Import…')).toBeUndefined()
  expect(button('Compare again')).toBeDefined()
})

test('a file that changes nothing is no work', async () => {
  const wrapper = await choose('same')
  expect(wrapper.text()).toContain('There is nothing to import.')
  expect(button('Import…')).toBeUndefined()
})

test('a window saves the file where a person says', async () => {
  const shell = new FakeShell()
  shell.saveTo = '/home/ada/funkhaus.toml'
  inShell(shell)
  mounted = await mountWith(ConfigurationFile)
  button('Save as a file')!.click()
  await settle()
  expect(shell.told).toEqual(['save configuration'])
  expect(asked('export_configuration')).toEqual([])
  expect(toasts.map((one) => JSON.stringify(one)).join()).toContain('The configuration is in /home/ada/funkhaus.toml.')
})
