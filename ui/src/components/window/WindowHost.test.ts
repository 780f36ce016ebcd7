import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import { FakeShell } from '../../../tests/fake/shell'
import { mountWith, type Mounted } from '../../../tests/mount'
import { inShell } from '../../api'
import WindowHost from './WindowHost.vue'

let mounted: Mounted | undefined
const button = (label: string) => [...document.querySelectorAll<HTMLButtonElement>('button')].find((one) => one.textContent?.trim() === label)!

async function host(change: (shell: FakeShell) => void = () => undefined) {
  const shell = new FakeShell()
  change(shell)
  inShell(shell)
  mounted = await mountWith(WindowHost)
  await flushPromises()
  return shell
}
afterEach(() => {
  mounted?.wrapper.unmount()
  inShell(undefined)
  document.body.innerHTML = ''
})

test.each([
  ['Keep recording in the tray', 'close tray'],
  ['Stop and quit', 'close quit'],
  ['Stay here', 'close cancel'],
])('closing while recording asks: %s', async (label, told) => {
  const shell = await host()
  expect(document.body.textContent).not.toContain('recording')
  shell.close({ recording: 2, tray: true })
  await flushPromises()
  expect(document.body.textContent).toContain('2 recorders are recording')
  button(label).click()
  await flushPromises()
  expect(shell.told).toEqual([told])
})

test('without a tray it is not offered, and says why', async () => {
  const shell = await host()
  shell.close({ recording: 1, tray: false })
  await flushPromises()
  expect(button('Keep recording in the tray')).toBeUndefined()
  expect(document.body.textContent).toContain('This desktop has no tray')
})

test('the studio that the command line names is the one this screen shows', async () => {
  await host((shell) => (shell.state = { ...shell.state, kiosk: true, studio: 'studio-00000003' }))
  expect(mounted!.service.asked).toContainEqual({ operation: 'select_studio', request: { id: 'studio-00000003', screen: 'main' } })
})
