import { ref, type Ref } from 'vue'
import { useEvent } from '../api'
import { problemOf, type Problem } from './problem'

export type Phase = 'idle' | 'loading' | 'ready' | 'error'

export interface Loading {
  phase: Ref<Phase>
  problem: Ref<Problem | undefined>
  /** Loads once; further calls while ready or loading share what there is. */
  load(): Promise<void>
  /** Loads again and keeps showing what there is meanwhile. */
  reload(): Promise<void>
}

/** How a store comes by its facts: loaded once, and again when events were missed. */
export function useLoading(read: () => Promise<void>): Loading {
  const phase = ref<Phase>('idle')
  const problem = ref<Problem>()
  let running: Promise<void> | undefined
  let again = false

  async function run(): Promise<void> {
    if (phase.value !== 'ready') phase.value = 'loading'
    try {
      do {
        again = false
        await read()
      } while (again)
      problem.value = undefined
      phase.value = 'ready'
    } catch (cause) {
      problem.value = problemOf(cause)
      // Facts that were shown stay shown; the strip over the page says that they are old.
      if (phase.value !== 'ready') phase.value = 'error'
    } finally {
      running = undefined
    }
  }

  function reload(): Promise<void> {
    // What is being read may be older than what asked for this: read once more after it.
    if (running) again = true
    running ??= run()
    return running
  }

  useEvent('resync', () => {
    if (phase.value !== 'idle') void reload()
  })

  return { phase, problem, load: () => (phase.value === 'ready' ? Promise.resolve() : (running ??= run())), reload }
}
