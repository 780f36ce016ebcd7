import { reactive, ref } from 'vue'
import { announce, announceError } from '@/kit'
import { problemOf, useRecordersStore } from '@/stores'
import { t } from '@/strings'

/** Tells one recorder what to do, and keeps what it refused beside it until it is told again. */
export function useRecorderCommands() {
  const recorders = useRecordersStore()
  const problems = reactive(new Map<number, string>())
  /** The recorder that a keyboard asked to stop: a dialog stands in for the hold. */
  const asked = ref<number>()

  async function tell(id: number, act: (id: number) => Promise<void>, done: (name: string) => string): Promise<void> {
    problems.delete(id)
    try {
      await act(id)
      announce(done(recorders.byId.get(id)?.name ?? ''))
    } catch (cause) {
      const { happened } = problemOf(cause)
      problems.set(id, happened)
      announceError(happened, Date.now(), (n) => t('recorder.andMore', { n }))
    }
  }

  return {
    problems,
    asked,
    start: (id: number) => tell(id, recorders.start, (name) => t('recorder.saidStarted', { name })),
    startFrom: (id: number, secondsAgo: number) =>
      tell(id, (one) => recorders.startFrom(one, secondsAgo), (name) => t('recorder.saidStarted', { name })),
    stop: (id: number) => tell(id, recorders.stop, (name) => t('recorder.saidStopped', { name })),
    ask: (id: number) => void (asked.value = id),
  }
}
