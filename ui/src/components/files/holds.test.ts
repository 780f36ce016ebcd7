import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import type { FileEntry, Hold } from '../../api'
import { makeWorld, type World } from '../../../tests/fake/world'
import { mountWith, type Mounted } from '../../../tests/mount'
import { useMeStore, useStatusStore } from '../../stores'
import FilesView from '../../views/FilesView.vue'

const NOW = Date.parse('2026-03-14T12:00:00Z')
const BY = 'Otto <otto@radio.example>'
let mounted: Mounted | undefined
/** Patience, not a time that is tested. */
vi.setConfig({ testTimeout: 30_000 })

const hold = (id: string, reason: string, until: string | null = null, expired = false): Hold =>
  ({ id, by: BY, since: '2026-02-01T09:00:00Z', until, reason, expired })

/** Five complete recordings, `0.wav` to `4.wav`, with these holds. */
async function files(holds: Hold[][], change: (world: World) => void = () => undefined) {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW })
  const world = makeWorld({ recorders: 8, now: NOW })
  const one = world.files.find(({ state, gaps }) => state === 'complete' && gaps === 0)!
  world.files = Array.from({ length: 5 }, (_, i): FileEntry => ({ ...one, id: `f${i}`, name: `${i}.wav`, holds: holds[i] ?? [] }))
  change(world)
  mounted = await mountWith(FilesView, { world, at: '/files' })
  await mounted.session.open()
  await useStatusStore().load()
  await flushPromises()
  return mounted
}
const asked = (operation: string) => mounted!.service.asked.filter((one) => one.operation === operation).map(({ request }) => request)
const all = () => document.body.textContent ?? ''
const button = (label: string) =>
  [...document.querySelectorAll<HTMLButtonElement>('button')].filter((one) => one.textContent?.trim() === label || one.getAttribute('aria-label') === label).at(-1)!
const rows = () => mounted!.wrapper.findAll('.list__shown [role="row"]')
const press = async (label: string) => {
  button(label).click()
  await flushPromises()
}
const tick = async (i: number) => {
  await rows()[i]!.find('input').setValue(true)
}
const type = async (selector: string, value: string) => {
  const field = document.querySelector<HTMLInputElement>(`.hold ${selector}`)!
  field.value = value
  field.dispatchEvent(new Event('input'))
  await flushPromises()
}
const submit = async () => {
  document.querySelector('.hold')!.dispatchEvent(new Event('submit'))
  await flushPromises()
}

afterEach(() => {
  mounted?.wrapper.unmount()
  document.body.innerHTML = ''
  vi.restoreAllMocks()
  vi.useRealTimers()
})

test('a held recording says so in words, one whose hold has expired does not', async () => {
  await files([[hold('a', 'Complaint')], [hold('b', 'Promised', '2026-03-01T00:00:00Z', true)], [], [hold('c', 'x', '2026-03-14T11:59:59Z')]])
  expect(rows().map((row) => row.text().includes('Held'))).toEqual([true, false, false, false, false])
  await press('Held')
  expect(asked('list_files').at(-1)).toMatchObject({ held: true, with_gaps: null })
})

test('a hold is placed with a reason, to the end of a day on the station’s clock', async () => {
  await files([])
  await tick(1)
  await tick(2)
  await press('Place hold…')
  expect(all()).toContain('Place a hold on 2 recordings?')
  await submit()
  expect(all()).toContain('Say why: somebody else will want to know.')
  expect(asked('hold_files')).toEqual([])
  await type('textarea', '  Complaint 17 ')
  await type('input[type="date"]', '2026-03-13')
  await submit()
  expect(all()).toContain('This day is over. Choose a later one.')
  await type('input[type="date"]', '2026-03-29')
  await submit()
  // The day has 23 hours, and Zurich is two ahead of UTC at its end.
  expect(asked('hold_files')).toEqual([{ ids: ['f1', 'f2'], reason: 'Complaint 17', until: '2026-03-29T22:00:00.000Z' }])
  expect(rows().map((row) => row.text().includes('Held'))).toEqual([false, true, true, false, false])
  // And one of 25.
  await tick(3)
  await press('Place hold…')
  await type('textarea', 'Court')
  await type('input[type="date"]', '2026-10-25')
  await submit()
  expect(asked('hold_files').at(-1)).toEqual({ ids: ['f3'], reason: 'Court', until: '2026-10-25T23:00:00.000Z' })
})

test('details tell who holds it, why and until when, and lift one hold alone', async () => {
  await files([[hold('a', 'Complaint'), hold('b', 'Promised', '2026-02-28T23:00:00Z', true), hold('c', 'Court', '2026-04-01T22:00:00Z'), hold('d', 'Lawyer', '2026-04-01T10:00:00Z')]])
  await rows()[0]!.trigger('click')
  await flushPromises()
  const one = [...document.querySelectorAll('.holds__one')].map((element) => element.textContent)
  expect(one[0]).toContain('Until it is lifted')
  expect(one[0]).toContain(`Set by ${BY} on Sun 1 Feb 2026`)
  expect(one[1]).toContain('Expired at the end of Sat 28 Feb 2026: it holds no longer')
  expect(one[2]).toContain('To the end of Wed 1 Apr 2026')
  expect(one[3]).toContain('Until Wed 1 Apr, 12:00')
  await press('Lift the hold “Court”')
  expect(document.querySelector('.hold')!.textContent).toContain(`“Court”, by ${BY}`)
  expect(document.querySelector('.hold')!.textContent).not.toContain('Complaint')
  await submit()
  expect(asked('lift_holds')).toEqual([])
  await type('textarea', 'settled')
  await submit()
  expect(asked('lift_holds')).toEqual([{ ids: ['f0'], hold_id: 'c', reason: 'settled' }])
  expect(document.querySelectorAll('.holds__one')).toHaveLength(3)
})

test('what is held stays when the rest is deleted, and is named with who holds it', async () => {
  await files([[], [hold('a', 'Complaint')]])
  await tick(0)
  await tick(1)
  await press('Delete…')
  expect(all()).toContain('Delete 1 recording?')
  expect(all()).toContain('1 recording is held and stays')
  expect(document.querySelector('.kept')!.textContent).toContain(`“Complaint”, by ${BY}`)
  button('Hold to delete').dispatchEvent(new MouseEvent('click', { detail: 0, bubbles: true }))
  await flushPromises()
  expect(asked('delete_files')).toEqual([{ ids: ['f0'] }])
})

test('held recordings alone cannot be confirmed to go', async () => {
  await files([[hold('a', 'Complaint')]])
  await tick(0)
  await press('Delete…')
  expect(all()).toContain('1 recording is held')
  expect(all()).toContain('Nobody can delete what is held.')
  expect(button('Hold to delete').disabled).toBe(true)
})

test('a hold that came in between is told with its recording, once', async () => {
  const { service } = await files([])
  await tick(0)
  await press('Delete…')
  service.world.files = service.world.files.map((file) => (file.id === 'f0' ? { ...file, holds: [hold('a', 'Complaint')] } : file))
  button('Hold to delete').dispatchEvent(new MouseEvent('click', { detail: 0, bubbles: true }))
  await flushPromises()
  expect(all()).toContain('1 recording was not deleted')
  expect(document.querySelector('.refused__list')!.textContent).toBe(`0.wav is held by ${BY}`)
})

test('what is lifted leaves the list of what is held', async () => {
  const { wrapper } = await files([[hold('a', 'Complaint')], [hold('a', 'Complaint')]])
  await press('Held')
  expect(rows()).toHaveLength(2)
  await tick(0)
  await press('Lift holds…')
  await type('textarea', 'settled')
  await submit()
  expect(asked('lift_holds')).toEqual([{ ids: ['f0'], hold_id: null, reason: 'settled' }])
  expect(rows()).toHaveLength(1)
  expect(wrapper.text()).toContain('1 recording · 1.04 GB')
})

test('who may not place or lift a hold sees it all the same', async () => {
  await files([[hold('a', 'Complaint')]])
  const me = useMeStore()
  vi.spyOn(me, 'can').mockImplementation((operation) => operation !== 'hold_files' && operation !== 'lift_holds')
  await tick(0)
  await rows()[0]!.trigger('click')
  await flushPromises()
  expect(document.querySelector('.holds__one')!.textContent).toContain('Complaint')
  for (const label of ['Place hold…', 'Lift holds…', 'Lift the hold “Complaint”']) expect(button(label)).toBeUndefined()
  expect(button('Delete…')).toBeDefined()
})
