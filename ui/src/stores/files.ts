import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowReactive, shallowRef } from 'vue'
import { session, useEvent, type FileBranch, type FileEntry, type FileQuery, type Job } from '../api'
import { answers } from './file-query'
import { useLoading } from './loading'

const TREE_MS = 1000

/** The archive as one list by query, page after page, and the tree beside it. */
export const useFilesStore = defineStore('files', () => {
  const { client } = session()
  const query = ref<FileQuery>({})
  const files = shallowRef<FileEntry[]>([])
  const next = ref<string | null>(null)
  const total = ref(0)
  const totalBytes = ref(0)
  const branches = shallowRef<FileBranch[]>([])
  const jobs = shallowReactive(new Map<string, Job>())

  const loading = useLoading(async () => {
    const asked = query.value
    const [page, tree] = await Promise.all([client.call('list_files', asked, 30_000), client.call('file_tree', {}, 30_000)])
    branches.value = tree.branches
    // An answer to a query that is no longer asked is not shown.
    if (asked !== query.value) return
    files.value = page.files
    next.value = page.next
    total.value = page.total
    totalBytes.value = page.total_bytes
  })

  /** A new file takes its place in the list: the list is not read again under somebody's finger. */
  function take(file: FileEntry): void {
    readTreeSoon()
    if (!answers(file, query.value)) return
    const at = files.value.findIndex(({ start }) => Date.parse(start) < Date.parse(file.start))
    // Older than everything read so far: its page will bring it.
    if (at < 0 && next.value !== null) return
    files.value = files.value.toSpliced(at < 0 ? files.value.length : at, 0, file)
    total.value += 1
    totalBytes.value += file.bytes
  }

  /** A file that is no longer what was asked for leaves the list. */
  function leave(at: number): void {
    total.value -= 1
    totalBytes.value -= files.value[at]?.bytes ?? 0
    files.value = files.value.toSpliced(at, 1)
  }

  let treeSoon: ReturnType<typeof setTimeout> | undefined
  /** Many recorders begin a file at the same second: the tree is read once for all of them. */
  function readTreeSoon(): void {
    treeSoon ??= setTimeout(() => {
      treeSoon = undefined
      void client.call('file_tree', {}, 30_000).then((tree) => (branches.value = tree.branches), () => undefined)
    }, TREE_MS)
  }
  onScopeDispose(() => clearTimeout(treeSoon))

  useEvent('file', (file) => {
    const at = files.value.findIndex(({ id }) => id === file.id)
    if (at >= 0 && !answers(file, query.value)) leave(at)
    else if (at >= 0) files.value = files.value.with(at, file)
    else if (loading.phase.value === 'ready') take(file)
  })
  useEvent('files_removed', (ids) => {
    const gone = new Set(ids)
    const left = files.value.filter(({ id }) => !gone.has(id))
    total.value -= files.value.length - left.length
    for (const file of files.value) if (gone.has(file.id)) totalBytes.value -= file.bytes
    files.value = left
    readTreeSoon()
  })
  useEvent('job', (job) => jobs.set(job.id, job))

  let morePage: Promise<void> | undefined
  async function readMore(): Promise<void> {
    if (next.value === null) return
    const asked = query.value
    const page = await client.call('list_files', { ...asked, cursor: next.value }, 30_000)
    if (asked !== query.value) return
    files.value = [...files.value, ...page.files]
    next.value = page.next
  }

  return {
    ...loading,
    query,
    files,
    next,
    total,
    totalBytes,
    branches,
    jobs: computed(() => [...jobs.values()]),
    /** Asks another question; the list is the answer to the last one. */
    ask(asked: FileQuery): Promise<void> {
      query.value = { ...asked }
      return loading.reload()
    },
    /** Appends the next page; one at a time. */
    more(): Promise<void> {
      morePage ??= readMore().finally(() => (morePage = undefined))
      return morePage
    },
    list: (request: FileQuery) => client.call('list_files', request, 30_000),
    details: (id: string) => client.call('file', { id }),
    remove: (ids: string[]) => client.call('delete_files', { ids }, 120_000),
    hold: (ids: string[], reason: string, until: string | null) => client.call('hold_files', { ids, reason, until }, 120_000),
    /** Takes off one hold, or all of theirs. */
    liftHolds: (ids: string[], holdId: string | null, reason: string) => client.call('lift_holds', { ids, hold_id: holdId, reason }, 120_000),
    copy: (ids: string[], folder: string) => client.call('copy_files', { ids, folder }),
    async loadJobs(): Promise<void> {
      for (const job of (await client.call('list_jobs', {})).jobs) jobs.set(job.id, job)
    },
    cancelJob: (id: string) => client.call('cancel_job', { id }),
  }
})
