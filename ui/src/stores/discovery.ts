import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { session, useEvent, type Discovered, type Request, type SessionText, type Source } from '../api'
import { useLoading } from './loading'

/** How often the times of the list are read anew while somebody looks at it. */
const AGAIN_MS = 10_000

/** What is announced on the network. It is read again at each word of a change while somebody looks at it, and only then. */
export const useDiscoveryStore = defineStore('discovery', () => {
  const { client } = session()
  const found = shallowRef<Discovered>()
  const sessions = ref<number>()
  let watchers = 0
  let timer: ReturnType<typeof setInterval> | undefined

  const loading = useLoading(async () => {
    found.value = await client.call('discovered', {})
  })
  useEvent('announced', (counts) => {
    sessions.value = counts.sessions
    if (watchers > 0) void loading.reload()
  })

  return {
    ...loading,
    found,
    /** Streams on the network, as far as that is known. */
    count: computed(() => sessions.value ?? found.value?.streams.length),
    /** Keeps the list fresh until the returned function is called. */
    watch(): () => void {
      watchers += 1
      void loading.reload()
      timer ??= setInterval(() => void loading.reload(), AGAIN_MS)
      let ended = false
      return () => {
        if (ended) return
        ended = true
        watchers -= 1
        if (watchers > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
    async adopt(request: Request<'adopt_stream'>): Promise<Source> {
      const made = await client.call('adopt_stream', request)
      void loading.reload()
      return made
    },
    text: (id: string): Promise<SessionText> => client.call('discovered_sdp', { session: id }),
  }
})
