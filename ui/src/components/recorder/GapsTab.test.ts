import { afterEach, expect, test } from 'vitest'
import { mountWith, type Mounted } from '../../../tests/mount'
import type { Gap } from '@/stores'
import GapsTab from './GapsTab.vue'

let mounted: Mounted | undefined
afterEach(() => mounted?.wrapper.unmount())

const gaps = Array.from({ length: 10_000 }, (_, i): Gap => ({
  at: new Date(Date.parse('2026-03-14T12:00:00Z') - i * 10_000).toISOString(), length_s: 0.01, samples: 480, cause: 'outage', file: 'x.wav',
}))

test('of ten thousand gaps only those in sight are drawn, at the height of all', async () => {
  mounted = await mountWith(GapsTab, { props: { gaps, more: false, zone: 'Europe/Zurich' } })
  const rows = mounted.wrapper.findAll('[role=row]')
  expect(rows.length).toBeGreaterThan(10)
  expect(rows.length).toBeLessThan(60)
  // 10 000 gaps in the 29 civil hours that they begin in.
  expect(mounted.wrapper.find('.gaps__all').attributes('style')).toContain(`height: ${(10_000 + 29) * 44}px`)
})

test('a gap says when, how long, why, and in which file', async () => {
  mounted = await mountWith(GapsTab, { props: { gaps: gaps.slice(0, 1), more: false, zone: 'Europe/Zurich' } })
  const text = mounted.wrapper.find('.gaps__row.small').text()
  for (const part of ['13:00:00.000', '0.010 s', '480', 'Nothing came', 'x.wav']) expect(text).toContain(part)
  expect(mounted.wrapper.find('.gaps__hatch--fault').exists()).toBe(true)
})
