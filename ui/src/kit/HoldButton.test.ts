import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import HoldButton from './HoldButton.vue'

beforeEach(() => vi.useFakeTimers({ toFake: ['requestAnimationFrame', 'cancelAnimationFrame', 'performance', 'setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())

function button(props: Record<string, unknown> = {}) {
  const wrapper = mount(HoldButton, { props: { label: 'Hold to stop', ...props }, attachTo: document.body })
  const element = wrapper.element as HTMLButtonElement
  element.getBoundingClientRect = () => ({ left: 0, top: 0, right: 200, bottom: 48 }) as DOMRect
  const point = (type: string, x = 100, y = 20) =>
    element.dispatchEvent(new PointerEvent(type, { pointerId: 1, button: 0, clientX: x, clientY: y, bubbles: true }))
  const pass = async (ms: number) => {
    vi.advanceTimersByTime(ms)
    await wrapper.vm.$nextTick()
  }
  return { wrapper, point, pass }
}

test('two seconds of holding act once, also while the finger stays', async () => {
  const { wrapper, point, pass } = button()
  point('pointerdown')
  await pass(1950)
  expect(wrapper.emitted('held')).toBeUndefined()
  expect(wrapper.text()).toContain('Keep holding')
  await pass(100)
  expect(wrapper.emitted('held')).toHaveLength(1)
  await pass(5000)
  point('pointerup')
  expect(wrapper.emitted('held')).toHaveLength(1)
})

test.each([
  ['lifted', (point: (type: string, x?: number, y?: number) => void) => point('pointerup')],
  ['strayed by more than 24 px', (point: (type: string, x?: number, y?: number) => void) => point('pointermove', 230)],
  ['taken over by scrolling', (point: (type: string, x?: number, y?: number) => void) => point('pointercancel')],
])('%s, nothing happens and the label returns', async (_, leave) => {
  const { wrapper, point, pass } = button()
  point('pointerdown')
  await pass(1000)
  leave(point)
  await pass(5000)
  expect(wrapper.emitted('held')).toBeUndefined()
  expect(wrapper.text()).toContain('Hold to stop')
})

test('a finger that wavers by 24 px goes on holding', async () => {
  const { wrapper, point, pass } = button()
  point('pointerdown')
  await pass(1000)
  point('pointermove', 223)
  await pass(1100)
  expect(wrapper.emitted('held')).toHaveLength(1)
})

test('a key or assistive technology asks for the dialog; a tap does nothing', async () => {
  const { wrapper } = button()
  wrapper.element.dispatchEvent(new MouseEvent('click', { detail: 1 }))
  expect(wrapper.emitted('confirm')).toBeUndefined()
  wrapper.element.dispatchEvent(new MouseEvent('click', { detail: 0 }))
  expect(wrapper.emitted('confirm')).toHaveLength(1)
  expect(wrapper.emitted('held')).toBeUndefined()
})

test('the seconds left are shown', async () => {
  const { wrapper, point, pass } = button({ seconds: 3, shape: 'round' })
  expect(wrapper.text()).toContain('3 seconds')
  point('pointerdown')
  await pass(1504)
  expect(wrapper.text()).toContain('1.5 s')
})

test('disabled, it cannot be held', async () => {
  const { wrapper, point, pass } = button({ disabled: true })
  point('pointerdown')
  await pass(3000)
  expect(wrapper.emitted('held')).toBeUndefined()
})
