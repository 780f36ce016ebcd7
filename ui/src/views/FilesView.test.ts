import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import type { FileEntry } from '../api'
import { FakeShell } from '../../tests/fake/shell'
import { makeWorld, type World } from '../../tests/fake/world'
import { mountWith, type Mounted } from '../../tests/mount'
import { inShell } from '../api'
import FilesView from './FilesView.vue'

let mounted: Mounted | undefined
/** Patience, not a time that is tested. */
vi.setConfig({ testTimeout: 30_000 })

async function files(change: (world: World) => void = () => undefined, at = '/files', arrange?: (service: Mounted['service']) => void) {
  const world = makeWorld({ recorders: 8, now: Date.parse('2026-03-14T12:00:00Z') })
  change(world)
  mounted = await mountWith(FilesView, { world, at, arrange })
  await mounted.session.open()
  await flushPromises()
  return mounted
}
const asked = (operation: string) => mounted!.service.asked.filter((one) => one.operation === operation).map(({ request }) => request)
const button = (label: string) =>
  [...document.querySelectorAll<HTMLButtonElement>('button')].find((one) => one.textContent?.trim() === label || one.getAttribute('aria-label') === label)!
const rows = () => mounted!.wrapper.findAll('.list__shown [role="row"]')
const tick = async (i: number) => {
  await rows()[i]!.find('input').setValue(true)
}

afterEach(() => {
  mounted?.wrapper.unmount()
  inShell(undefined)
  document.body.innerHTML = ''
})

test('a long archive is drawn by the rows in sight, and read page by page', async () => {
  const { wrapper } = await files((world) => {
    const one = world.files[10]!
    world.files = Array.from({ length: 1200 }, (_, i): FileEntry => ({ ...one, id: `many-${i}`, name: `${i}.wav` }))
  })
  expect(wrapper.text()).toContain('1200 recordings')
  expect(rows().length).toBeLessThan(40)
  expect(asked('list_files')).toHaveLength(1)
  const scroller = wrapper.find('.list__scroll').element
  scroller.scrollTop = 480 * 60
  scroller.dispatchEvent(new Event('scroll'))
  await flushPromises()
  expect(asked('list_files').map((request) => (request as { cursor?: string }).cursor)).toEqual([undefined, '500'])
  expect(rows().some((row) => row.text().includes('480.wav'))).toBe(true)
})

test('search, format, gaps and place make one question', async () => {
  const { wrapper } = await files()
  button('With gaps').click()
  await flushPromises()
  button('Open Studio 2').click()
  await flushPromises()
  await wrapper.findAll('.tree__days button')[0]!.trigger('click')
  await flushPromises()
  expect(asked('list_files').at(-1)).toMatchObject({ studio_id: 'studio-00000001', recorder_id: null, with_gaps: true, search: null, limit: 500 })
  expect((asked('list_files').at(-1) as { day: string }).day).toMatch(/^2026-03-1\d$/)
})

test('what is found by nobody says so, and leads back', async () => {
  const { wrapper, service } = await files((world) => (world.files = world.files.map((file) => ({ ...file, gaps: 0 }))))
  button('With gaps').click()
  await flushPromises()
  expect(wrapper.text()).toContain('No recording answers to this search.')
  button('Show everything').click()
  await flushPromises()
  expect(rows().length).toBeGreaterThan(0)
  expect(service.world.files).not.toHaveLength(0)
})

test('an empty archive leads to the overview', async () => {
  const { wrapper } = await files((world) => (world.files = []))
  expect(wrapper.text()).toContain('No recordings yet. They appear here as soon as a recorder starts.')
})

test('a new file takes its place without the list being read again', async () => {
  const { service, wrapper } = await files()
  const newest = service.world.files[0]!
  service.emit({ type: 'file', data: { ...newest, id: 'brand-new', name: 'brand-new.wav', start: '2026-03-14T13:00:00Z' } })
  await flushPromises()
  expect(rows()[0]!.text()).toContain('brand-new.wav')
  expect(asked('list_files')).toHaveLength(1)
  expect(wrapper.text()).toContain('401 recordings')
})

test('a growing file cannot be ticked; it says why', async () => {
  await files()
  const box = rows()[0]!.find('input')
  expect(box.attributes('disabled')).toBeDefined()
  expect(box.attributes('aria-label')).toContain('still being recorded')
})

test('deleting asks with count and size, and tells of those that were refused', async () => {
  const { service } = await files()
  const [, , , , , first, second] = service.world.files
  await tick(5)
  await tick(6)
  // Between the question and the answer one of them is opened again.
  service.world.files = service.world.files.map((file) => (file.id === second!.id ? { ...file, state: 'growing' } : file))
  button('Delete…').click()
  await flushPromises()
  expect(document.body.textContent).toContain('Delete 2 recordings?')
  expect(document.body.textContent).toContain('2.07 GB are deleted for good.')
  expect(asked('delete_files')).toEqual([])
  button('Hold to delete').dispatchEvent(new MouseEvent('click', { detail: 0, bubbles: true }))
  await flushPromises()
  expect(asked('delete_files')).toEqual([{ ids: [first!.id, second!.id] }])
  expect(document.body.textContent).toContain('1 recording was not deleted')
  expect(document.body.textContent).toContain(`${second!.name}: It is being written`)
  expect(rows().some((row) => row.attributes('aria-selected') === 'true')).toBe(false)
})

test('copying out asks the window for a folder, shows how far it is, and can be cancelled', async () => {
  const shell = new FakeShell()
  inShell(shell)
  const { service, wrapper } = await files()
  await tick(5)
  button('Copy out…').click()
  await flushPromises()
  expect(shell.told).toEqual(['pick'])
  expect(asked('copy_files')).toEqual([{ ids: [service.world.files[5]!.id], folder: '/media/stick' }])
  expect(wrapper.text()).toContain('312 MB of 1.04 GB')
  button('Cancel copying').click()
  await flushPromises()
  expect(asked('cancel_job')).toEqual([{ id: 'job-1' }])
  expect(wrapper.text()).toContain('Copying was cancelled.')
})

test('a folder that was not chosen copies nothing', async () => {
  const shell = new FakeShell()
  shell.folder = null
  inShell(shell)
  await files()
  await tick(5)
  button('Copy out…').click()
  await flushPromises()
  expect(asked('copy_files')).toEqual([])
})

test('in a browser nothing is offered that only a window can do', async () => {
  await files()
  await tick(5)
  await rows()[5]!.trigger('click')
  await flushPromises()
  expect(button('Copy out…')).toBeUndefined()
  expect(button('Show in folder')).toBeUndefined()
})

test('details list each gap, and play just before it', async () => {
  const { service } = await files()
  const at = service.world.files.findIndex(({ gaps }) => gaps > 0)
  await rows()[at]?.trigger('click')
  const file = service.world.files[at]!
  mounted!.wrapper.find('.list__scroll').element.scrollTop = at * 60
  mounted!.wrapper.find('.list__scroll').element.dispatchEvent(new Event('scroll'))
  await flushPromises()
  await rows().find((row) => row.text().includes('2 gaps'))!.trigger('click')
  await flushPromises()
  expect(document.querySelectorAll('.details__gap')).toHaveLength(2)
  expect(document.querySelector('.details__gap')!.textContent).toContain('0.006 s missing: packets were lost')
  button('Play just before it').click()
  await flushPromises()
  expect(asked('play')).toEqual([{ file_id: file.id, at_s: 597 }])
})

test('without an audio device the player says so in a sentence', async () => {
  const { wrapper } = await files((world) =>
    Object.assign(world.playback, { state: 'error', file_id: 'file-0-1', name: 'x.wav', message: 'This machine has no audio device. Connect one to hear recordings.' }),
  )
  expect(wrapper.find('.player').text()).toContain('This machine has no audio device.')
})

test('the player seeks by keys, and its buttons tell the service', async () => {
  const { wrapper } = await files((world) =>
    Object.assign(world.playback, { state: 'paused', file_id: 'file-0-1', name: 'x.wav', position_s: 100, duration_s: 3600 }),
  )
  const seek = wrapper.find('.player__seek input')
  await seek.trigger('keydown', { key: 'ArrowRight' })
  await flushPromises()
  await seek.trigger('keydown', { key: 'ArrowLeft', shiftKey: true })
  await flushPromises()
  expect(asked('seek')).toEqual([{ position_s: 110 }, { position_s: 50 }])
  await wrapper.find('.player__toggle').trigger('click')
  expect(asked('resume')).toHaveLength(1)
})
