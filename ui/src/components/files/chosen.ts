import { computed, ref, type Ref } from 'vue'
import type { FileEntry } from '../../stores'
import { isOpen } from './words'

/** As many as one request may name. */
export const MOST_CHOSEN = 10_000

/** The ticked recordings. Those that leave the list leave the choice. */
export function useChosen(files: Ref<FileEntry[]>) {
  const ids = ref(new Set<string>())
  const chosen = computed(() => files.value.filter((file) => ids.value.has(file.id) && !isOpen(file)))
  return {
    /** Only of those that are there and can be acted on. */
    chosen,
    ids: computed<ReadonlySet<string>>(() => new Set(chosen.value.map(({ id }) => id))),
    toggle({ id }: FileEntry): void {
      if (!ids.value.delete(id)) ids.value.add(id)
    },
    all(on: boolean): void {
      ids.value = new Set(on ? files.value.filter((file) => !isOpen(file)).slice(0, MOST_CHOSEN).map(({ id }) => id) : [])
    },
    none(): void {
      ids.value = new Set()
    },
  }
}
