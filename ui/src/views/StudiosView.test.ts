import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import { mountWith, type Mounted, type MountOptions } from '../../tests/mount'
import { makeWorld } from '../../tests/fake/world'
import { toasts } from '@/kit/toasts'
import StudiosView from './StudiosView.vue'

/** Whole pages take their time on a busy machine. */
vi.setConfig({ testTimeout: 30_000 })

let mounted: Mounted | undefined
/** Four studios: the first two have recorders 1 (recording) and 8 (stopped), the others none. */
function world() {
  const made = makeWorld({ recorders: 8, now: Date.parse('2026-03-14T12:00:00Z') })
  made.studios = made.studios.slice(0, 4).map((studio, i) => ({ ...studio, recorder_id: [1, 8, null, null][i]! }))
  for (const recorder of made.recorders) recorder.wanted = recorder.state !== 'stopped'
  return made
}
async function shown(options: MountOptions = {}): Promise<Mounted> {
  mounted = await mountWith(StudiosView, { at: '/studios', world: world(), ...options })
  await mounted.session.open()
  await flushPromises()
  return mounted
}
afterEach(() => {
  mounted?.wrapper.unmount()
  document.body.innerHTML = ''
  toasts.splice(0)
})
const rows = () => mounted!.wrapper.findAllComponents({ name: 'StudioRow' })
const told = () => mounted!.service.asked.filter(({ operation }) => ['assign_studio', 'stop_recorder', 'start_recorder'].includes(operation))
const sheet = () => document.querySelector('.v-overlay--active')
const confirm = () =>
  [...sheet()!.querySelectorAll<HTMLElement>('button.hold')][0]!.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 0 }))

test('a stopped recorder is assigned at once', async () => {
  const { service } = await shown()
  rows()[2]!.vm.$emit('assign', 8)
  await flushPromises()
  expect(told()).toEqual([{ operation: 'assign_studio', request: { id: service.world.studios[2]!.id, recorder_id: 8 } }])
  expect(sheet()).toBeNull()
})

test('a recording one asks first, saying what happens to its file', async () => {
  await shown()
  rows()[2]!.vm.$emit('assign', 1)
  await flushPromises()
  expect(sheet()!.textContent).toContain('the running file is finished and kept')
  expect(told()).toEqual([])
})

test('confirmed, it stops, changes, and records again', async () => {
  const { service } = await shown()
  const studio = service.world.studios[2]!.id
  rows()[2]!.vm.$emit('assign', 1)
  await flushPromises()
  confirm()
  await flushPromises()
  expect(told().map(({ operation, request }) => [operation, request])).toEqual([
    ['stop_recorder', { id: 1 }], ['assign_studio', { id: studio, recorder_id: 1 }], ['start_recorder', { id: 1 }],
  ])
  expect(sheet()).toBeNull()
})

test('when the change is refused it records again all the same, and the sheet says why', async () => {
  const { service } = await shown()
  rows()[2]!.vm.$emit('assign', 1)
  await flushPromises()
  service.refuse.set('assign_studio', { code: 'conflict', message: 'The studio is gone.', request_id: 'r' })
  confirm()
  await flushPromises()
  expect(told().map(({ operation }) => operation)).toEqual(['stop_recorder', 'assign_studio', 'start_recorder'])
  expect(sheet()!.textContent).toContain('The studio is gone.')
})

test('dragging a free recorder onto a slot assigns it', async () => {
  const { service, wrapper } = await shown()
  // Recorder 7 is "starting" in this world; make it stopped, so that nothing is asked.
  service.emit({ type: 'recorder', data: { ...service.world.recorders[6]!, state: 'stopped', wanted: false } })
  await flushPromises()
  document.elementFromPoint = () => document.querySelectorAll<HTMLElement>('[data-drop]')[3]!
  const free = wrapper.findComponent({ name: 'FreeRecorders' })
  const row = free.findAll('.free__row').find((one) => one.text().includes('Newsroom'))!
  row.element.dispatchEvent(new PointerEvent('pointerdown', { pointerType: 'mouse', pointerId: 1, button: 0, clientX: 5, clientY: 5, bubbles: true }))
  window.dispatchEvent(new PointerEvent('pointermove', { pointerId: 1, clientX: 300, clientY: 300 }))
  await flushPromises()
  expect(rows()[3]!.classes()).toContain('studio--over')
  window.dispatchEvent(new PointerEvent('pointerup', { pointerId: 1, clientX: 300, clientY: 300 }))
  await flushPromises()
  expect(told()).toMatchObject([{ request: { id: service.world.studios[3]!.id, recorder_id: 7 } }])
})

test('deleting says how many recordings stay, and where', async () => {
  const { service } = await shown()
  const studio = service.world.studios[1]!
  for (const file of service.world.files.slice(0, 3)) Object.assign(file, { studio_id: studio.id, path: `${studio.id}/2026-03-14/x.wav` })
  for (const file of service.world.files.slice(3)) file.studio_id = null
  rows()[1]!.vm.$emit('remove')
  await flushPromises()
  expect(sheet()!.textContent).toContain(`Its 3 recordings stay in /srv/audyn/${studio.id}.`)
  expect(sheet()!.querySelector<HTMLButtonElement>('button.hold')!.disabled).toBe(false)
})

test('a studio whose recorder records cannot be deleted', async () => {
  await shown()
  rows()[0]!.vm.$emit('remove')
  await flushPromises()
  expect(sheet()!.textContent).toContain('Stop it first.')
  expect(sheet()!.querySelector<HTMLButtonElement>('button.hold')!.disabled).toBe(true)
})

test('a new studio begins with a colour that no other has', async () => {
  const { wrapper, service } = await shown()
  ;[...document.querySelectorAll<HTMLElement>('button')].find((one) => one.textContent?.includes('New studio'))!.click()
  await flushPromises()
  const used = service.world.studios.map(({ color }) => color.toUpperCase())
  const chosen = sheet()!.querySelector('[role=radio][aria-checked=true]')
  expect(chosen).not.toBeNull()
  wrapper.findComponent({ name: 'StudioDialog' }).vm.$emit('save', { name: 'Room', description: '', color: '#123456' })
  await flushPromises()
  expect(service.asked.find(({ operation }) => operation === 'create_studio')?.request).toEqual({ name: 'Room', description: '', color: '#123456' })
  expect(used).toHaveLength(4)
})

test('without its recorders the page says why, and claims nothing about them', async () => {
  const { service } = await shown({ arrange: (one) => one.refuse.set('list_recorders', { code: 'timeout', message: 'Too slow.', request_id: 'r' }) })
  expect(document.querySelector('[role=alert]')?.textContent).toContain('did not answer in time')
  expect(document.body.textContent).not.toContain('No recorder')
  expect(mounted!.wrapper.findComponent({ name: 'FreeRecorders' }).exists()).toBe(false)
  service.refuse.clear()
  ;[...document.querySelectorAll('button')].find((one) => one.textContent?.includes('Try again'))!.click()
  await flushPromises()
  expect(rows()).toHaveLength(4)
})

test('a slot is heard in the words that are seen', async () => {
  await shown()
  for (const slot of document.querySelectorAll('.slot__button')) {
    const seen = [...slot.querySelectorAll('.slot__name, .sign__word, .t2')].map((one) => one.textContent!.trim()).join(' ')
    expect(slot.getAttribute('aria-label')).toContain(seen)
  }
})
