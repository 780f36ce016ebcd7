import { computed, onBeforeUnmount, onMounted, ref, watch } from 'vue'
import type { Playback } from '../../stores'

/** Where playing is now, from where it was when that was told. It never runs past what there is. */
export function placeNow(playback: Playback, sinceToldMs: number): number {
  switch (playback.state) {
    case 'playing': {
      const moved = playback.position_s + Math.max(0, sinceToldMs) / 1000
      return playback.growing ? moved : Math.min(moved, playback.duration_s)
    }
    case 'paused':
    case 'stopped':
    case 'error':
      return playback.position_s
  }
}

/** What can be gone to: a growing file is as long as it is by now. */
export function lengthNow(playback: Playback, sinceToldMs: number): number {
  return playback.growing ? playback.duration_s + Math.max(0, sinceToldMs) / 1000 : playback.duration_s
}

const LOOK_MS = 200

/** The place of the player, moving between what the service tells. */
export function useRunningPlace(playback: () => Playback | undefined) {
  const told = ref(performance.now())
  const now = ref(performance.now())
  let ticking: ReturnType<typeof setInterval> | undefined
  watch(playback, () => {
    told.value = performance.now()
    now.value = told.value
  })
  onMounted(() => (ticking = setInterval(() => (now.value = performance.now()), LOOK_MS)))
  onBeforeUnmount(() => clearInterval(ticking))
  const since = computed(() => now.value - told.value)
  return {
    place: computed(() => (playback() ? placeNow(playback()!, since.value) : 0)),
    length: computed(() => (playback() ? lengthNow(playback()!, since.value) : 0)),
  }
}
