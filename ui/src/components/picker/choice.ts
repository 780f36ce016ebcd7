import { onScopeDispose, ref } from 'vue'

/** Seconds in which a choice can be taken back. */
export const UNDO_S = 3

/** A choice that holds after a while, unless it is undone. */
export function useChoice(settle: (id: string) => void) {
  const chosen = ref<string>()
  const left = ref(0)
  let ticking: ReturnType<typeof setInterval> | undefined

  function undo() {
    clearInterval(ticking)
    chosen.value = undefined
  }
  function now() {
    const id = chosen.value
    clearInterval(ticking)
    if (id !== undefined) settle(id)
  }
  function choose(id: string) {
    clearInterval(ticking)
    chosen.value = id
    left.value = UNDO_S
    ticking = setInterval(() => {
      left.value -= 1
      if (left.value <= 0) now()
    }, 1000)
  }
  onScopeDispose(() => clearInterval(ticking))
  return { chosen, left, choose, undo, now }
}
