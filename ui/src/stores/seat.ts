import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { door, session, useEvent } from '../api'
import { useLoading } from './loading'

export type Seat = 'operator' | 'kiosk'

/** Which screen this is: an operator's desktop, or a studio's, and then which studio. */
export const useSeatStore = defineStore('seat', () => {
  const { client } = session()
  const address = new URLSearchParams(window.location.search)
  /** The shell says it by `?seat=kiosk`; else the station's settings do. */
  const told: Seat | undefined = address.get('seat') === 'kiosk' ? 'kiosk' : undefined
  const screen = address.get('screen') ?? 'main'
  const asSet = ref(false)
  /** An engineer has unlocked this kiosk, until the page is loaded again or it is locked. */
  const unlocked = ref(false)
  const studioId = ref<string | null>(null)

  const loading = useLoading(async () => {
    const [settings, selection] = await Promise.all([
      client.call('settings', {}),
      client.call('current_selection', { screen }),
    ])
    asSet.value = settings.kiosk
    studioId.value = selection.studio_id
  })
  useEvent('settings', (settings) => {
    asSet.value = settings.kiosk
  })
  useEvent('studio_removed', (id) => {
    if (studioId.value === id) studioId.value = null
  })

  // What the station's own screen is says nothing about a browser elsewhere.
  const seat = computed<Seat>(() => told ?? (asSet.value && !door() ? 'kiosk' : 'operator'))

  return {
    ...loading,
    seat,
    screen,
    studioId,
    unlocked,
    /** Only the studio and the picker can be reached. */
    locked: computed(() => seat.value === 'kiosk' && !unlocked.value),
    async choose(id: string): Promise<void> {
      studioId.value = (await client.call('select_studio', { id, screen })).studio_id
    },
    unlock: () => (unlocked.value = true),
    lock: () => (unlocked.value = false),
  }
})
