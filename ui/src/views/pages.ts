import { ref, shallowRef } from 'vue'
import { problemOf, type Problem } from '@/stores'

/** A list that is read in pages, newest first. `read` is given what was read so far. */
export function usePages<Item>(read: (so: readonly Item[]) => Promise<{ items: Item[]; more: boolean }>) {
  const items = shallowRef<Item[]>([])
  const more = ref(false)
  const loading = ref(false)
  const problem = ref<Problem>()
  /** Counts beginnings: a page that was asked for before the last one belongs to another list. */
  let beginning = 0

  async function page(so: readonly Item[], number: number): Promise<void> {
    loading.value = true
    problem.value = undefined
    try {
      const got = await read(so)
      if (number !== beginning) return
      items.value = [...so, ...got.items]
      more.value = got.more && got.items.length > 0
    } catch (cause) {
      if (number === beginning) problem.value = problemOf(cause)
    } finally {
      if (number === beginning) loading.value = false
    }
  }

  return {
    items,
    more,
    loading,
    problem,
    /** Reads the newest page; what was shown stays until it is there. */
    begin(): Promise<void> {
      beginning += 1
      return page([], beginning)
    },
    next(): Promise<void> {
      return loading.value ? Promise.resolve() : page(items.value, beginning)
    },
    clear(): void {
      beginning += 1
      items.value = []
      more.value = false
      loading.value = false
    },
  }
}
