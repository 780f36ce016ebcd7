import { onScopeDispose, ref } from 'vue'

/** Seconds that are left of a wait, counted down to 0. */
export function useWait() {
  const left = ref(0)
  let ticking: ReturnType<typeof setInterval> | undefined
  function end() {
    clearInterval(ticking)
    ticking = undefined
    left.value = 0
  }
  onScopeDispose(end)
  return {
    left,
    begin(seconds: number) {
      end()
      left.value = Math.ceil(seconds)
      ticking = setInterval(() => (left.value > 1 ? (left.value -= 1) : end()), 1000)
    },
  }
}
