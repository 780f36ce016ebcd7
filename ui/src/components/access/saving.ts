import { computed, ref, watch, type Ref } from 'vue'
import { toast } from '../../kit'
import { problemOf, type Problem } from '../../stores'
import { t } from '../../strings'

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
const copy = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value

/** A part of the settings while it is typed: what somebody else saves is taken over unless something is typed here. */
export function useDraft<Value>(saved: () => Value) {
  const draft = ref(copy(saved())) as Ref<Value>
  const busy = ref(false)
  const problem = ref<Problem>()
  const dirty = computed(() => !same(draft.value, saved()))
  watch(saved, (next, before) => {
    if (same(draft.value, before)) draft.value = copy(next)
  })
  return {
    draft,
    dirty,
    busy,
    problem,
    discard() {
      draft.value = copy(saved())
      problem.value = undefined
    },
    /** Saves, and shows what came of it; `true` when it was done. */
    async save(act: () => Promise<unknown>): Promise<boolean> {
      if (busy.value) return false
      busy.value = true
      problem.value = undefined
      try {
        await act()
        draft.value = copy(saved())
        toast(t('access.saved'))
        return true
      } catch (cause) {
        problem.value = problemOf(cause)
        return false
      } finally {
        busy.value = false
      }
    },
  }
}
