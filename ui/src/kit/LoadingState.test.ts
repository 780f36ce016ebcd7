import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { mountWith } from '../../tests/mount'
import LoadingState from './LoadingState.vue'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('nothing, then the layout, then what is being done, then a way out', async () => {
  const { wrapper } = await mountWith(LoadingState, {
    props: { what: 'Reading catalogue', done: 41, of: 64, cancellable: true }, slots: { default: () => 'skeleton' },
  })
  const shown = () => ['skeleton', 'Reading catalogue', 'Cancel'].filter((text) => wrapper.text().includes(text))
  const after = async (ms: number) => {
    vi.advanceTimersByTime(ms)
    await wrapper.vm.$nextTick()
    return shown()
  }
  expect(await after(299)).toEqual([])
  expect(await after(2)).toEqual(['skeleton'])
  expect(await after(700)).toEqual(['skeleton', 'Reading catalogue'])
  expect(await after(9000)).toEqual(['skeleton', 'Reading catalogue', 'Cancel'])
})
