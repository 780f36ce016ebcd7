import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeService } from '../../tests/fake/service'
import { makeWorld } from '../../tests/fake/world'
import { connect } from '../api'
import {
  canStart, canStop, useFilesStore, usePlaybackStore, useRecordersStore, useSeatStore, useSettingsStore, useSourcesStore, useStatusStore,
  useStudiosStore,
} from '.'

let service: FakeService

beforeEach(async () => {
  vi.useFakeTimers({ now: Date.parse('2026-03-14T12:00:00Z'), toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  service = new FakeService(makeWorld({ recorders: 8, now: Date.now() }))
  const session = connect(service)
  setActivePinia(createPinia())
  await session.open(() => 0)
})
afterEach(() => vi.useRealTimers())

const asked = (operation: string) => service.asked.filter((one) => one.operation === operation).length

test('recorders load once and then follow events', async () => {
  const store = useRecordersStore()
  expect(store.phase).toBe('idle')
  await Promise.all([store.load(), store.load()])
  await store.load()
  expect([store.phase, store.list.length, asked('list_recorders')]).toEqual(['ready', 8, 1])
  service.emit({ type: 'recorder', data: { ...service.world.recorders[0]!, name: 'Renamed' } })
  expect(store.byId.get(1)?.name).toBe('Renamed')
  service.emit({ type: 'recorder_removed', data: 2 })
  expect(store.list.map(({ id }) => id)).toEqual([1, 3, 4, 5, 6, 7, 8])
})

test('a press shows at once, and what the service says after it', async () => {
  const store = useRecordersStore()
  await store.load()
  const stopped = store.byId.get(8)!
  const doing = store.start(8)
  expect(store.state(stopped)).toBe('starting')
  await doing
  expect(store.state(store.byId.get(8)!)).toBe('recording')
})

test('a refused press leaves what is', async () => {
  const store = useRecordersStore()
  await store.load()
  service.refuse.set('start_recorder', { code: 'unavailable', message: 'the disk is not there', request_id: 'r' })
  await expect(store.start(8)).rejects.toThrow('the disk is not there')
  expect(store.state(store.byId.get(8)!)).toBe('stopped')
})

test('start all starts those that stand, stop all stops those that run', async () => {
  const store = useRecordersStore()
  await store.load()
  expect(store.list.filter(canStart).map(({ id }) => id)).toEqual([8])
  expect(store.list.filter(canStop).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7])
  const doing = store.stopAll()
  expect(store.list.map(store.state)).toEqual([...Array(7).fill('stopping'), 'stopped'])
  await doing
  expect(new Set(store.list.map(store.state))).toEqual(new Set(['stopped']))
})

test('a failed load is told in words, and can be tried again', async () => {
  service.refuse.set('list_sources', { code: 'internal', message: 'the state database cannot be read', request_id: 'r-7' })
  const store = useSourcesStore()
  await store.load()
  expect(store.phase).toBe('error')
  expect(store.problem).toEqual({ happened: 'the state database cannot be read', code: 'internal', requestId: 'r-7' })
  service.refuse.clear()
  await store.load()
  expect([store.phase, store.problem, store.list.length]).toEqual(['ready', undefined, 8])
})

test('missed events are made up for by loading again', async () => {
  const recorders = useRecordersStore()
  const studios = useStudiosStore()
  await recorders.load()
  service.world.recorders.splice(0, 3)
  service.emit({ type: 'resync' })
  await vi.waitFor(() => expect(recorders.list.length).toBe(5))
  // Who never loaded has nothing to make up for.
  expect(studios.phase).toBe('idle')
})

test('a question during an answer is asked after it', async () => {
  const store = useFilesStore()
  await store.load()
  const first = store.ask({ recorder_id: 1 })
  const second = store.ask({ recorder_id: 2 })
  await Promise.all([first, second])
  expect(new Set(store.files.map(({ recorder_id }) => recorder_id))).toEqual(new Set([2]))
})

test('files come by pages, and go by events', async () => {
  const store = useFilesStore()
  await store.load()
  expect([store.files.length, store.total]).toEqual([200, 400])
  await Promise.all([store.more(), store.more()])
  expect([store.files.length, store.next]).toEqual([400, null])
  service.emit({ type: 'files_removed', data: [store.files[0]!.id] })
  expect([store.files.length, store.total]).toEqual([399, 399])
})

test('a studio gets its recorder, and the other studio loses it', async () => {
  const store = useStudiosStore()
  await store.load()
  const [one, two] = store.list
  await store.assign(one!.id, 2)
  expect([store.byId.get(one!.id)?.recorder_id, store.byId.get(two!.id)?.recorder_id]).toEqual([2, null])
})

test('settings and playback follow the service', async () => {
  const settings = useSettingsStore()
  const playback = usePlaybackStore()
  await Promise.all([settings.load(), playback.load()])
  await settings.change({ theme: 'light' })
  expect(settings.settings?.theme).toBe('light')
  await playback.play('file-0-1')
  service.emit({ type: 'playback', data: { ...service.world.playback, position_s: 12 } })
  expect([playback.playback?.state, playback.playback?.position_s]).toEqual(['playing', 12])
})

test('silence of the service is told with its beginning; the clock stands; then all is read again', async () => {
  const status = useStatusStore()
  const recorders = useRecordersStore()
  await Promise.all([status.load(), recorders.load()])
  status.start()
  const heard = Date.now()
  service.down = true
  await vi.advanceTimersByTimeAsync(5000)
  expect(status.connection).toEqual({ is: 'lost', since: heard })
  const stood = status.now
  await vi.advanceTimersByTimeAsync(4000)
  expect([status.now, status.live]).toEqual([stood, false])
  service.down = false
  await vi.advanceTimersByTimeAsync(1000)
  expect(status.connection).toEqual({ is: 'back' })
  expect(asked('list_recorders')).toBe(2)
  await vi.advanceTimersByTimeAsync(2000)
  expect(status.connection).toEqual({ is: 'live' })
  status.stop()
})

test('the station clock is the station\'s, not this page\'s', async () => {
  const status = useStatusStore()
  await status.load()
  service.emit({ type: 'status', data: { ...service.status(), now: '2026-03-14T13:00:00Z' } })
  status.start()
  await vi.advanceTimersByTimeAsync(3000)
  expect(new Date(status.now).toISOString()).toBe('2026-03-14T13:00:03.000Z')
  status.stop()
})

test('events and levels that could not be had at first are had when the service is back', async () => {
  service.down = true
  const session = connect(service)
  await expect(session.open(() => 0)).rejects.toThrow()
  service.down = false
  session.resync()
  await vi.waitFor(() => {
    service.frame(0)
    expect(session.board.frame('meter-0')).toBeDefined()
  })
})

test('a studio screen remembers its studio until that is gone', async () => {
  const seat = useSeatStore()
  await seat.load()
  expect([seat.seat, seat.locked]).toEqual(['operator', false])
  await seat.choose(service.world.studios[2]!.id)
  expect(seat.studioId).toBe(service.world.studios[2]!.id)
  service.emit({ type: 'settings', data: { ...service.world.settings, kiosk: true } })
  expect([seat.seat, seat.locked]).toEqual(['kiosk', true])
  seat.unlock()
  expect(seat.locked).toBe(false)
  service.emit({ type: 'studio_removed', data: service.world.studios[2]!.id })
  expect(seat.studioId).toBeNull()
})
