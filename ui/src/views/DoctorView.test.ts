import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import { mountWith, type Mounted } from '../../tests/mount'
import DoctorView from './DoctorView.vue'

vi.setConfig({ testTimeout: 30_000 })

let mounted: Mounted | undefined
async function shown(at: string): Promise<Mounted> {
  mounted = await mountWith(DoctorView, { at })
  await mounted.session.open()
  await flushPromises()
  return mounted
}
afterEach(() => {
  mounted?.wrapper.unmount()
  document.body.innerHTML = ''
})
const button = (text: string) => mounted!.wrapper.findAll('button').find((one) => one.text().startsWith(text))
const first = () => mounted!.service.world.sources[0]!.id

test('the doctor is asked about the source in the address, and what it says grows by events', async () => {
  await shown('/doctor')
  expect(mounted!.wrapper.text()).toContain('Choose a source.')
  expect(button('Ask the doctor')).toBeUndefined()
  await mounted!.router.replace({ query: { source: first() } })
  await flushPromises()
  await button('Ask the doctor')!.trigger('click')
  await flushPromises()
  expect(mounted!.service.asked).toContainEqual({ operation: 'ask_doctor', request: { id: first(), seconds: 5 } })
  expect(mounted!.wrapper.get('[role=status]').text()).toContain('Listening')
  expect(button('Stop')).toBeDefined()
  mounted!.service.doctorGoesOn(first(), 7)
  await flushPromises()
  expect(mounted!.wrapper.get('[role=status]').text()).toContain('; set port 5006 for this source')
  expect(mounted!.wrapper.text()).toContain('Packets')
  expect(button('Run again')).toBeDefined()
  expect(button('Copy report')).toBeDefined()
})

test('an older report does not replace a newer one', async () => {
  await shown(`/doctor?source=source-1`)
  const id = first()
  await mounted!.router.replace({ query: { source: id } })
  await flushPromises()
  await button('Ask the doctor')!.trigger('click')
  await flushPromises()
  mounted!.service.doctorGoesOn(id, 7)
  mounted!.service.doctorGoesOn(id, 2)
  await flushPromises()
  expect(button('Run again')).toBeDefined()
})

test('a source of this machine is examined too, and has no legs', async () => {
  await shown('/doctor')
  const local = mounted!.service.world.sources[1]!
  local.config = { kind: 'pipewire', node: 'desk', name: 'Desk', sample_rate: 48_000, stream_channels: 2, pick: [], labels: [] }
  await mounted!.router.replace({ query: { source: local.id } })
  await flushPromises()
  await button('Ask the doctor')!.trigger('click')
  await flushPromises()
  mounted!.service.doctorGoesOn(local.id, 7)
  await flushPromises()
  expect(mounted!.wrapper.get('[role=status]').text()).toContain('see that something plays')
  expect(mounted!.wrapper.text()).toContain('The source as a whole')
  expect(mounted!.wrapper.find('[aria-label="What comes"]').exists()).toBe(false)
})
