import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { session, useEvent, type FileEntry } from '../api'
import { useLoading } from './loading'

/** As many as a studio's screen lists. */
const MOST = 50

/** The newest recordings of one studio. */
export const useRecentStore = defineStore('recent', () => {
  const { client } = session()
  const studioId = ref<string>()
  const files = shallowRef<FileEntry[]>([])

  const loading = useLoading(async () => {
    const asked = studioId.value
    if (asked === undefined) return
    const page = await client.call('list_files', { studio_id: asked, limit: MOST }, 30_000)
    if (asked === studioId.value) files.value = page.files
  })

  useEvent('file', (file) => {
    if (file.studio_id !== studioId.value) return
    const others = files.value.filter(({ id }) => id !== file.id)
    files.value = [file, ...others].sort((a, b) => Date.parse(b.start) - Date.parse(a.start)).slice(0, MOST)
  })
  useEvent('files_removed', (ids) => {
    const gone = new Set(ids)
    files.value = files.value.filter(({ id }) => !gone.has(id))
  })

  return {
    ...loading,
    files,
    /** Those that are no longer written: a growing file ends before now. */
    finished: computed(() => files.value.filter(({ state }) => state !== 'growing')),
    follow(id: string): Promise<void> {
      if (studioId.value === id) return loading.load()
      studioId.value = id
      files.value = []
      return loading.reload()
    },
  }
})
