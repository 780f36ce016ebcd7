import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import { makeWorld } from '../../tests/fake/world'
import { mountWith, type Mounted, type MountOptions } from '../../tests/mount'
import { toasts } from '@/kit/toasts'
import SourcesView from './SourcesView.vue'

/** Whole pages take their time on a busy machine. */
vi.setConfig({ testTimeout: 30_000 })

let mounted: Mounted | undefined
async function shown(at: string, options: MountOptions = {}): Promise<Mounted> {
  mounted = await mountWith(SourcesView, { at, ...options })
  await mounted.session.open()
  await flushPromises()
  return mounted
}
afterEach(() => {
  mounted?.wrapper.unmount()
  document.body.innerHTML = ''
  toasts.splice(0)
  vi.useRealTimers()
})
const asked = (operation: string) => mounted!.service.asked.filter((one) => one.operation === operation).map(({ request }) => request)
const editor = () => mounted!.wrapper.findComponent({ name: 'SourceEditor' })
const button = (text: string) => [...document.querySelectorAll<HTMLElement>('button')].find((one) => one.textContent?.trim().startsWith(text))
async function paste(text: string) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  editor().findComponent({ name: 'SdpPane' }).vm.$emit('update:modelValue', text)
  await vi.advanceTimersByTimeAsync(400)
}

test('a description that is wrong is shown with its line marked, and cannot be added', async () => {
  await shown('/sources?add=sdp')
  await paste(Array.from({ length: 7 }, (_, i) => `line ${i + 1}`).join('\n'))
  const bad = [...document.querySelectorAll('.marked__line--bad')]
  expect(bad.map((one) => one.getAttribute('value'))).toEqual(['7'])
  expect(bad[0]!.textContent).toContain('has no sample rate')
  expect(button('Add source')!.hasAttribute('disabled')).toBe(true)
})

test('a description that is right gives a source with the channels that were touched, in that order', async () => {
  await shown('/sources?add=sdp')
  await paste('m=audio 5004 RTP/AVP 96')
  expect((document.querySelector('input[maxlength="80"]') as HTMLInputElement).value).toBe('Hall stagebox')
  button('Clear')!.click()
  await vi.advanceTimersByTimeAsync(0)
  const cells = [...document.querySelectorAll<HTMLElement>('.cell')]
  expect(cells).toHaveLength(64)
  for (const channel of [9, 1]) {
    cells[channel - 1]!.click()
    await vi.advanceTimersByTimeAsync(0)
  }
  expect(cells[8]!.getAttribute('aria-label')).toContain('place 1')
  await editor().find('form').trigger('submit')
  await vi.advanceTimersByTimeAsync(0)
  expect(asked('create_source')).toMatchObject([{ name: 'Hall stagebox', config: { kind: 'aes67', stream_channels: 64, pick: [9, 1] } }])
})

test('on this machine: what is chosen from the list becomes the source, with its channels', async () => {
  await shown('/sources?add=local')
  expect(editor().text()).toContain('Desk One')
  button('Desk One')!.click()
  await flushPromises()
  expect((document.querySelector('input[maxlength="80"]') as HTMLInputElement).value).toBe('Desk One')
  button('Clear')!.click()
  await flushPromises()
  const cells = [...document.querySelectorAll<HTMLElement>('.cell')]
  expect(cells).toHaveLength(8)
  cells[2]!.click()
  await flushPromises()
  await editor().find('form').trigger('submit')
  await flushPromises()
  expect(asked('create_source')).toMatchObject([
    { name: 'Desk One', config: { kind: 'pipewire', node: 'alsa_input.usb-Desk_One-00.multichannel-input', stream_channels: 8, pick: [3], sample_rate: 48_000 } },
  ])
})

test('on this machine: nothing is sent before something was chosen', async () => {
  await shown('/sources?add=local')
  const act = editor().find('button[type="submit"]')
  expect([act.text(), (act.element as HTMLButtonElement).disabled]).toEqual(['Choose an input first', true])
  await editor().find('input[maxlength="80"]').setValue('Desk')
  await editor().find('form').trigger('submit')
  await flushPromises()
  expect(editor().text()).toContain('Choose what is to be recorded.')
  expect(asked('create_source')).toEqual([])
})

test('by hand: what is wrong is told at its field, and nothing is sent', async () => {
  await shown('/sources?add=hand')
  await editor().find('form').trigger('submit')
  await flushPromises()
  expect(editor().text()).toContain('A source needs a name.')
  expect(editor().text()).toContain('An IPv4 address is needed')
  expect(asked('create_source')).toEqual([])
})

test('while it is recorded only the name goes to the service', async () => {
  await shown('/sources?id=source-0')
  expect(editor().text()).toContain('only its name can be changed')
  const name = editor().find('input[maxlength="80"]')
  await name.setValue('New name')
  await editor().find('form').trigger('submit')
  await flushPromises()
  expect(asked('change_source')).toEqual([{ id: 'source-0', name: 'New name', config: null }])
})

test('a source that is not changed is not sent', async () => {
  await shown('/sources?id=source-7')
  expect(button('Save')!.hasAttribute('disabled')).toBe(true)
})

test('a source that a recorder takes cannot be deleted, and says who takes it', async () => {
  await shown('/sources?id=source-7')
  button('Delete')!.click()
  await flushPromises()
  expect(document.body.textContent).toContain('Recorder Podcast booth takes it. Give it another source first.')
  const hold = button('Hold to delete')!
  expect(hold.hasAttribute('disabled')).toBe(true)
})

test('an announced stream is added with the channels that were touched, and says who follows it', async () => {
  await shown('/sources?tab=network')
  const rows = () => mounted!.wrapper.findComponent({ name: 'NetworkRows' })
  expect(rows().text()).toContain('Line 7: “a=rtpmap:96 L24”')
  expect(rows().html()).toContain('&lt;b&gt;OB 9&lt;/b&gt;')
  document.querySelector<HTMLElement>('[aria-label="Add Hall stagebox"]')!.click()
  await vi.waitFor(() => expect(document.querySelectorAll('.cell')).toHaveLength(64))
  expect(button('Pick channels first')!.hasAttribute('disabled')).toBe(true)
  for (const channel of [9, 1]) {
    document.querySelectorAll<HTMLElement>('.cell')[channel - 1]!.click()
    await flushPromises()
  }
  await mounted!.wrapper.findComponent({ name: 'AdoptPane' }).find('form').trigger('submit')
  await flushPromises()
  expect(asked('adopt_stream')).toEqual([{ session: '0000000000000001', stream: 0, name: 'Hall stagebox', pick: [9, 1] }])
  expect(rows().find('[aria-label="Show Hall stagebox, which was added"]').exists()).toBe(true)
})

test('a description that cannot be used is shown with its line marked', async () => {
  await shown('/sources?tab=network&stream=0000000000000006.0')
  await flushPromises()
  expect(document.querySelector('.marked__line--bad')!.textContent).toContain('a=rtpmap:96 L24')
  expect(document.querySelector('.cell')).toBeNull()
})

test('what is announced is asked for again only while somebody looks', async () => {
  await shown('/sources')
  const tell = () => mounted!.service.emit({ type: 'announced', data: { sessions: 12, stale: 0, unusable: 0 } })
  tell()
  await flushPromises()
  expect(asked('discovered')).toHaveLength(0)
  expect(button('On the network')!.textContent).toContain('12')
  button('On the network')!.click()
  await vi.waitFor(() => expect(asked('discovered')).toHaveLength(1))
  await flushPromises()
  tell()
  await vi.waitFor(() => expect(asked('discovered')).toHaveLength(2))
})

test('a source that follows its sender says so, and stops when that is saved', async () => {
  const world = makeWorld({ recorders: 8, now: Date.parse('2026-03-14T12:00:00Z') })
  Object.assign(world.recorders[3]!, { state: 'stopped', wanted: false })
  await shown('/sources?id=source-3', { world })
  await flushPromises()
  expect(editor().text()).toContain('Follows its sender')
  button('Stop following')!.click()
  await flushPromises()
  await editor().find('form').trigger('submit')
  await flushPromises()
  expect(asked('change_source')).toMatchObject([{ id: 'source-3', config: { kind: 'aes67', follows: null } }])
  expect(button('Stop following')).toBeUndefined()
})
