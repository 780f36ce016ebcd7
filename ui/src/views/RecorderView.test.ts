import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { RouterView } from 'vue-router'
import { mountWith, type Mounted, type MountOptions } from '../../tests/mount'
import { toasts } from '@/kit/toasts'
import type { Gap } from '@/stores'

/** Whole pages take their time on a busy machine. */
vi.setConfig({ testTimeout: 30_000 })

let mounted: Mounted | undefined
async function shown(at: string, options: MountOptions = {}): Promise<Mounted> {
  mounted = await mountWith(RouterView, { at, ...options })
  await mounted.session.open()
  await flushPromises()
  return mounted
}
// Views are loaded when they are gone to; that must not happen while the clock stands still.
beforeAll(async () => {
  await shown('/overview/1')
  mounted?.wrapper.unmount()
}, 60_000)
afterEach(() => {
  mounted?.wrapper.unmount()
  document.body.innerHTML = ''
  toasts.splice(0)
  vi.useRealTimers()
})
const button = (text: string, within: ParentNode = document) =>
  [...within.querySelectorAll<HTMLElement>('button, a')].find((one) => one.textContent?.trim().startsWith(text))
const asked = (operation: string) => mounted!.service.asked.filter((one) => one.operation === operation).map(({ request }) => request)

test('counters are asked for once a second, and not behind another tab', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { router } = await shown('/overview/1')
  expect(asked('recorder_counters')).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(3000)
  expect(asked('recorder_counters')).toHaveLength(4)
  void router.replace('/overview/1?tab=history')
  await vi.advanceTimersByTimeAsync(500)
  const before = asked('recorder_counters').length
  await vi.advanceTimersByTimeAsync(5000)
  expect(asked('recorder_counters')).toHaveLength(before)
  expect(router.currentRoute.value.query['tab']).toBe('history')
})

test('counters that could not be read say when the shown ones are from', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { service } = await shown('/overview/1')
  service.refuse.set('recorder_counters', { code: 'internal', message: 'No counters.', request_id: 'r' })
  await vi.advanceTimersByTimeAsync(1000)
  expect(document.querySelector('[role=alert]')?.textContent).toContain('No counters.')
  expect(document.body.textContent).toContain('As of')
})

test('the preview follows what is typed, and saving says when it holds', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { wrapper } = await shown('/overview/1?tab=outputs')
  await vi.advanceTimersByTimeAsync(250)
  expect(asked('preview_names')).toHaveLength(1)
  const outputs = wrapper.findComponent({ name: 'OutputsTab' })
  outputs.findAllComponents({ name: 'VSwitch' })[0]!.vm.$emit('update:modelValue', true)
  await vi.advanceTimersByTimeAsync(250)
  button('Add output')!.click()
  await vi.advanceTimersByTimeAsync(300)
  expect(asked('preview_names').at(-1)).toMatchObject({ recorder_id: 1, count: 5, writing: { outputs: [{ format: 'wav' }, { format: 'opus' }] } })
  expect(document.body.textContent).toContain('The file being written stays as it is.')
  await outputs.find('form').trigger('submit')
  await flushPromises()
  expect(asked('change_recorder_config')).toMatchObject([{ id: 1, config: { outputs: [{ format: 'wav' }, { format: 'opus' }] } }])
  expect(toasts.at(-1)?.text).toContain('from the next file on')
})

test('what cannot be used is told and not saved', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { wrapper } = await shown('/overview/8?tab=outputs')
  const outputs = wrapper.findComponent({ name: 'OutputsTab' })
  outputs.findAllComponents({ name: 'VSwitch' })[1]!.vm.$emit('update:modelValue', true)
  await vi.advanceTimersByTimeAsync(0)
  outputs.findAllComponents({ name: 'VSelect' })[0]!.vm.$emit('update:modelValue', 'custom')
  await vi.advanceTimersByTimeAsync(300)
  expect(document.body.textContent).toContain('the layout "custom" needs a format')
  expect(button('Save')!.hasAttribute('disabled')).toBe(true)
})

test('leaving with something typed asks first, and stays until it was answered', async () => {
  const { wrapper, router } = await shown('/overview/1?tab=outputs')
  wrapper.findComponent({ name: 'OutputsTab' }).findAllComponents({ name: 'VSwitch' })[2]!.vm.$emit('update:modelValue', true)
  await flushPromises()
  await router.push('/overview')
  await flushPromises()
  expect(router.currentRoute.value.path).toBe('/overview/1')
  expect(document.body.textContent).toContain('Leave without saving?')
  button('Leave')!.click()
  await flushPromises()
  await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/overview'))
})

test('what was typed is still there after a look at another tab', async () => {
  const { wrapper, router } = await shown('/overview/1?tab=outputs')
  wrapper.findComponent({ name: 'OutputsTab' }).findAllComponents({ name: 'VSwitch' })[2]!.vm.$emit('update:modelValue', true)
  await flushPromises()
  await router.replace('/overview/1?tab=source')
  await flushPromises()
  await router.replace('/overview/1?tab=outputs')
  await flushPromises()
  expect(wrapper.findComponent({ name: 'OutputsTab' }).findAllComponents({ name: 'VSwitch' })[2]!.props('modelValue')).toBe(true)
})

test('gaps come page by page, each asked for once', async () => {
  const at = (i: number) => new Date(Date.parse('2026-03-14T12:00:00Z') - i * 60_000).toISOString()
  const gap = (i: number): Gap => ({ at: at(i), length_s: 0.01, samples: 480, cause: 'loss', file: null })
  await shown('/overview/1?tab=gaps', {
    arrange: (service) => {
      const call = service.call.bind(service)
      service.call = async (operation, request) => {
        if (operation !== 'recorder_gaps') return call(operation, request)
        service.asked.push({ operation, request })
        const { before } = request as { before: string | null }
        const from = before ? (Date.parse('2026-03-14T12:00:00Z') - Date.parse(before)) / 60_000 + 1 : 0
        return { gaps: Array.from({ length: 5 }, (_, i) => gap(from + i)), more: from < 10 }
      }
    },
  })
  // Few enough to be in sight: the pages follow each other until there is no more.
  expect(asked('recorder_gaps').map((request) => (request as { before: string | null }).before)).toEqual([null, at(4), at(9)])
  const rows = [...document.querySelectorAll('.gaps__row.small')]
  expect(rows).toHaveLength(15)
})

test('a source is changed only while stopped', async () => {
  await shown('/overview/1?tab=source')
  expect(document.body.textContent).toContain('Stop the recorder to change its source.')
  expect(button('Save')!.hasAttribute('disabled')).toBe(true)
})

test('a recorder that is not there is told so', async () => {
  await shown('/overview/99')
  expect(document.body.textContent).toContain('There is no recorder with this number.')
})

test('outputs whose settings are being read say so', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  await shown('/overview/1?tab=outputs', {
    arrange: (service) => {
      const call = service.call.bind(service)
      let asked = 0
      // The first one is the router's, which has to know whose screen this is.
      service.call = (operation, request) =>
        operation === 'settings' && (asked += 1) > 1 ? new Promise(() => undefined) : call(operation, request)
    },
  })
  await vi.advanceTimersByTimeAsync(1500)
  expect(document.querySelector('#panel-outputs')?.textContent).toContain('Reading the settings')
})
