import { onScopeDispose, watch } from 'vue'
import { useSeatStore } from '../../stores'

/** So long without a touch or a key, and a studio's screen that somebody unlocked locks itself. */
export const IDLE_MS = 5 * 60_000
const TOUCHES = ['pointerdown', 'keydown', 'wheel'] as const

/** Nothing an engineer left open stays open for a presenter. */
export function useRelock(): void {
  const seat = useSeatStore()
  let idle: ReturnType<typeof setTimeout> | undefined

  function wait() {
    clearTimeout(idle)
    idle = setTimeout(() => seat.lock(), IDLE_MS)
  }
  function end() {
    clearTimeout(idle)
    for (const touch of TOUCHES) window.removeEventListener(touch, wait, true)
  }
  watch(
    () => seat.seat === 'kiosk' && !seat.locked,
    (open) => {
      end()
      if (!open) return
      for (const touch of TOUCHES) window.addEventListener(touch, wait, { capture: true, passive: true })
      wait()
    },
    { immediate: true },
  )
  onScopeDispose(end)
}
