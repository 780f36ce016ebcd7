import { enableAutoUnmount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { mountWith } from '../../tests/mount'
import LevelMeter from './LevelMeter.vue'

beforeEach(() => vi.useFakeTimers({ toFake: ['requestAnimationFrame', 'cancelAnimationFrame', 'performance', 'setInterval', 'clearInterval', 'Date'] }))
afterEach(() => vi.useRealTimers())
// Before the clocks are given back: the page's loop ends with its last meter.
enableAutoUnmount(afterEach)

async function meter() {
  const { wrapper, session, service } = await mountWith(LevelMeter, { props: { meterId: 'meter-0', channels: ['L', 'R'], name: 'Studio 1' } })
  session.board.setLayout({ generation: 1, meters: [{ id: 'meter-0', channels: ['L', 'R'] }] })
  const send = (peak: number, clips = 0) =>
    session.board.take(Float32Array.from([1, 0, 0, peak, peak - 9, 0, peak - 6, peak - 12, clips]).buffer, performance.now())
  const bar = () => wrapper.get('[role=meter]')
  const pass = async (ms: number, peak?: number, clips = 0) => {
    for (let t = 0; t < ms; t += 20) {
      if (peak !== undefined) send(peak, clips)
      vi.advanceTimersByTime(20)
    }
    await wrapper.vm.$nextTick()
  }
  return { wrapper, bar, pass, service }
}

test('the level is told once a second, and is there for assistive text only', async () => {
  const { bar, pass } = await meter()
  expect(bar().attributes('aria-valuetext')).toBe('No data')
  await pass(1020, -12.4)
  expect(bar().attributes('aria-valuetext')).toBe('−12.4 dBFS, hold −12.4')
  expect(bar().attributes('aria-valuenow')).toBe('-12.4')
  expect(bar().attributes('aria-label')).toBe('Level of Studio 1')
})

test('a source that falls silent for the page is without data', async () => {
  const { bar, pass } = await meter()
  await pass(1020, -12)
  expect(bar().attributes('aria-valuetext')).not.toBe('No data')
  await pass(1500)
  expect(bar().attributes('aria-valuetext')).toBe('No data')
})

test('a clip is offered to be cleared, and a touch clears it', async () => {
  const { wrapper, pass } = await meter()
  await pass(1020, -12)
  expect(wrapper.find('button').exists()).toBe(false)
  await pass(1020, -12, 1)
  expect(wrapper.find('button').text()).toBe('Clear the clip indication of Studio 1')
  await wrapper.get('.level-meter').trigger('click')
  expect(wrapper.find('button').exists()).toBe(false)
  await pass(1020, -12, 1)
  expect(wrapper.find('button').exists()).toBe(false)
})
