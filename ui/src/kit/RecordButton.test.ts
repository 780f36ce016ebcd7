import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import RecordButton from './RecordButton.vue'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const props = { label: 'Record', busyLabel: 'Starting' }

test('a press says so at once, and the button is deaf for 800 ms', async () => {
  const wrapper = mount(RecordButton, { props })
  await wrapper.trigger('click')
  expect(wrapper.text()).toBe('Starting')
  vi.advanceTimersByTime(799)
  await wrapper.trigger('click')
  expect(wrapper.emitted('press')).toHaveLength(1)
  vi.advanceTimersByTime(2)
  await wrapper.trigger('click')
  expect(wrapper.emitted('press')).toHaveLength(2)
})

test('while the recorder starts it stays deaf', async () => {
  const wrapper = mount(RecordButton, { props: { ...props, busy: true } })
  await wrapper.trigger('click')
  expect(wrapper.emitted('press')).toBeUndefined()
})
