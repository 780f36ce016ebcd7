import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { problemOf, useRecordersStore, type Counters, type Problem } from '@/stores'

const EVERY_MS = 1000

/** A recorder's counters, asked for once a second while somebody looks: not on a hidden page, and never twice at once. */
export function useRecorderCounters(id: () => number | undefined, wanted: () => boolean) {
  const recorders = useRecordersStore()
  const counters = shallowRef<Counters>()
  const problem = ref<Problem>()
  const at = ref(0)
  let timer: ReturnType<typeof setTimeout> | undefined
  let round = 0

  async function ask(mine: number): Promise<void> {
    const of = id()
    if (of !== undefined && !document.hidden) {
      try {
        const got = await recorders.counters(of)
        if (mine !== round) return
        counters.value = got
        problem.value = undefined
        at.value = Date.now()
      } catch (cause) {
        if (mine !== round) return
        problem.value = problemOf(cause)
      }
    }
    timer = setTimeout(() => void ask(mine), EVERY_MS)
  }

  watch(
    () => [id(), wanted()] as const,
    ([of, now], before) => {
      round += 1
      clearTimeout(timer)
      if (before && of !== before[0]) counters.value = undefined
      if (now && of !== undefined) void ask(round)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    round += 1
    clearTimeout(timer)
  })
  return { counters, problem, at }
}
