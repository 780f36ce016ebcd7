import { onScopeDispose, ref, shallowRef } from 'vue'

/**
 * Asks again as somebody types: waits until they pause, and shows the answer to the last question only. An answer that
 * comes late is dropped, and what was shown stays until a newer one is there.
 */
export function useLatest<Question, Answer>(ask: (question: Question) => Promise<Answer>, pauseMs: number) {
  const answer = shallowRef<Answer>()
  const failure = shallowRef<unknown>()
  const pending = ref(false)
  let newest = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function put(question: Question, number: number): Promise<void> {
    try {
      const got = await ask(question)
      if (number !== newest) return
      answer.value = got
      failure.value = undefined
    } catch (cause) {
      if (number !== newest) return
      failure.value = cause
    }
    pending.value = false
  }

  function want(question: Question): void {
    newest += 1
    const number = newest
    pending.value = true
    clearTimeout(timer)
    timer = setTimeout(() => void put(question, number), pauseMs)
  }

  onScopeDispose(() => {
    newest += 1
    clearTimeout(timer)
  })
  return { answer, failure, pending, want }
}
