import { afterEach, expect, test } from 'vitest'
import { mountWith, type Mounted } from '../../../tests/mount'
import type { Names } from '@/stores'
import NamePreview from './NamePreview.vue'

let mounted: Mounted | undefined
afterEach(() => mounted?.wrapper.unmount())

const names: Names = {
  files: [{ at: '2026-03-14T06:00:00Z', paths: ['07.wav', '07.opus'] }, { at: '2026-03-14T07:00:00Z', paths: ['08.wav'] }],
  problems: [],
  clock_change: [{ at: '2026-10-25T00:00:00Z', paths: ['02+02.wav'] }, { at: '2026-10-25T01:00:00Z', paths: ['02+01.wav'] }],
}
async function times(): Promise<string[]> {
  mounted = await mountWith(NamePreview, { props: { names, zone: 'Europe/Zurich' } })
  return mounted.wrapper.findAll('dt').map((one) => one.text())
}

test('the day stands with the first file only; the repeated hour tells its two apart', async () => {
  const shown = await times()
  expect(shown.slice(0, 2)).toEqual(['Sat 14 Mar 2026, 07:00:00', '08:00:00'])
  expect(shown[2]).toMatch(/^Sun 25 Oct 2026, 02:00:00 .*\(first\)$/)
  expect(shown[3]).toMatch(/^02:00:00 .*\(second\)$/)
})

test('every output has its name', async () => {
  await times()
  expect(mounted!.wrapper.findAll('dd')[0]!.findAll('span').map((one) => one.text())).toEqual(['07.wav', '07.opus'])
})

test('what is wrong stands in place of names, all at once', async () => {
  mounted = await mountWith(NamePreview, { props: { names: { ...names, problems: ['one', 'two'] }, zone: 'UTC' } })
  expect(mounted.wrapper.find('[role=alert]').findAll('li').map((one) => one.text())).toEqual(['one', 'two'])
  expect(mounted.wrapper.findAll('dt')).toHaveLength(0)
})
