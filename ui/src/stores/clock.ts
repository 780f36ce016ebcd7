import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { session, useEvent, type ClockStatus } from '../api'
import { useLoading } from './loading'

/** What time follows, and who keeps it on the network. */
export const useClockStore = defineStore('clock', () => {
  const { client } = session()
  const clock = shallowRef<ClockStatus>()

  const loading = useLoading(async () => {
    clock.value = await client.call('clock', {})
  })
  // Numbers that never stand still are not told: whoever shows them asks.
  useEvent('clock', (next) => {
    clock.value = next
  })

  return { ...loading, clock }
})
