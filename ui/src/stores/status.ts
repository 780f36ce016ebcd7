import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { ApiError, session, useEvent, type Notice, type Request, type Status } from '../api'
import { useLoading } from './loading'

export type Connection =
  | { is: 'live' }
  /** Since when nothing was heard, in this machine's ms since 1970. */
  | { is: 'lost'; since: number }
  /** Heard again a moment ago. */
  | { is: 'back' }

/** How often the service is asked whether it is there. */
const HEARTBEAT_MS = 5000
const HEARTBEAT_TIMEOUT_MS = 3000
const BACK_MS = 2000
/** Events may be away for so long before what is shown counts as old. */
const UNHEARD_MS = 4000

export const useStatusStore = defineStore('status', () => {
  const { client } = session()
  const status = shallowRef<Status>()
  const connection = ref<Connection>({ is: 'live' })
  /** How far the station's clock is ahead of this page's, in ms. */
  const ahead = ref(0)
  /** The station's time, moved on once a second. */
  const now = ref(Date.now())
  let heardAt = Date.now()
  /** Since when no events come, where they have a way of their own. */
  let unheardSince: number | undefined

  function keep(next: Status): void {
    status.value = next
    heardAt = Date.now()
    const station = Date.parse(next.now)
    // A status is as old as its way here: small differences are that way, not the clock.
    if (Math.abs(station - Date.now() - ahead.value) > 500) ahead.value = station - Date.now()
    now.value = Date.now() + ahead.value
  }

  const loading = useLoading(async () => keep(await client.call('status', {})))
  useEvent('status', keep)

  /** Asks once. After silence, everything is read again: events of that time are gone. */
  async function beat(): Promise<void> {
    try {
      keep(await client.call('status', {}, HEARTBEAT_TIMEOUT_MS))
      // Answers without events: what changes meanwhile would not be seen.
      if (unheardSince !== undefined && Date.now() - unheardSince >= UNHEARD_MS) lose(unheardSince)
      else if (connection.value.is === 'lost') comeBack()
    } catch (cause) {
      const silent = cause instanceof ApiError && (cause.code === 'unreachable' || cause.code === 'timeout')
      if (silent) lose(heardAt)
    }
  }
  function lose(since: number): void {
    if (connection.value.is !== 'lost') connection.value = { is: 'lost', since }
  }
  function comeBack(): void {
    connection.value = { is: 'back' }
    session().resync()
    setTimeout(() => {
      if (connection.value.is === 'back') connection.value = { is: 'live' }
    }, BACK_MS)
  }

  const endHearing = session().onHearing((hears) => {
    unheardSince = hears ? undefined : Date.now()
    // Cut or joined again: whether the service answers is asked at once.
    if (beating !== undefined) void beat()
  })

  let beating: ReturnType<typeof setInterval> | undefined
  let ticking: ReturnType<typeof setTimeout> | undefined

  /** Begins to tick and to listen for the service. */
  function start(): void {
    stop()
    beating = setInterval(() => void beat(), HEARTBEAT_MS)
    tick()
  }
  function tick(): void {
    // While nothing is heard the station's clock stands: it would be a guess.
    if (connection.value.is !== 'lost') now.value = Date.now() + ahead.value
    ticking = setTimeout(tick, 1000 - ((Date.now() + ahead.value) % 1000))
  }
  function stop(): void {
    clearInterval(beating)
    beating = undefined
    clearTimeout(ticking)
  }
  onScopeDispose(stop)
  onScopeDispose(endHearing)

  return {
    ...loading,
    status,
    connection,
    now,
    zone: computed(() => status.value?.zone ?? 'UTC'),
    live: computed(() => connection.value.is !== 'lost'),
    beat,
    start,
    stop,
    async acknowledge(notice: Notice): Promise<void> {
      await client.call('acknowledge', { id: notice.id })
    },
    history: (request: Request<'history'>) => client.call('history', request),
  }
})
