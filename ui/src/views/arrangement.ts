import { ref } from 'vue'
import { ARRANGEMENTS, type Arrangement } from '@/components/overview/filters'

const KEY = 'audyn.overview.arrangement'

/** How this screen arranges recorders, if somebody has chosen; kept on the device. */
export function useArrangement() {
  const kept = localStorage.getItem(KEY)
  const chosen = ref<Arrangement | undefined>(ARRANGEMENTS.find((one) => one === kept))
  return {
    chosen,
    choose(next: Arrangement) {
      chosen.value = next
      localStorage.setItem(KEY, next)
    },
  }
}
