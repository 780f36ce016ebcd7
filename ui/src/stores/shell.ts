import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { shell, type CloseAnswer, type CloseQuestion, type Request, type ShellInfo } from '../api'

/** The window around the page. In a browser there is none, and what only a window can do is not offered. */
export const useShellStore = defineStore('shell', () => {
  const own = shell()
  const info = shallowRef<ShellInfo>()
  /** Somebody closes the window, and says next what is to become of recording. */
  const closing = shallowRef<CloseQuestion>()
  /** Files are being finished; the program ends then. */
  const leaving = ref(false)
  const ends: (() => void)[] = []
  let started = false

  /** Begins to listen to the window. */
  async function start(): Promise<void> {
    if (!own || started) return
    started = true
    ends.push(await own.onInfo((next) => (info.value = next)))
    ends.push(await own.onCloseRequested((question) => (closing.value = question)))
    ends.push(await own.onLeaving(() => (leaving.value = true)))
    info.value = await own.info()
  }
  onScopeDispose(() => ends.forEach((end) => end()))

  return {
    /** There is a window around this page. */
    present: own !== undefined,
    kiosk: computed(() => info.value?.kiosk ?? false),
    locked: computed(() => info.value?.locked ?? false),
    studio: computed(() => info.value?.studio ?? null),
    closing,
    leaving,
    start,
    lock: async (): Promise<void> => own?.lock(),
    unlock: async (): Promise<void> => own?.unlock(),
    reveal: async (fileId: string): Promise<void> => own?.reveal(fileId),
    pickFolder: async (start?: string): Promise<string | null> => (await own?.pickFolder(start)) ?? null,
    exportAudit: async (query: Request<'export_audit'>, name: string) => (await own?.exportAudit(query, name)) ?? null,
    saveConfiguration: async (): Promise<string | null> => (await own?.saveConfiguration()) ?? null,
    async answerClose(answer: CloseAnswer): Promise<void> {
      closing.value = undefined
      await own?.answerClose(answer)
    },
  }
})
