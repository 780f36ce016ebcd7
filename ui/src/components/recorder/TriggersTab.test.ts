import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import { defineComponent, h, shallowRef } from 'vue'
import { makeWorld } from '../../../tests/fake/world'
import { mountWith, type Mounted } from '../../../tests/mount'
import type { Recorder } from '@/stores'
import TriggersTab from './TriggersTab.vue'

let mounted: Mounted | undefined
afterEach(() => mounted?.wrapper.unmount())

const told = shallowRef<Recorder>()
/** The tab, whose recorder can be told anew. */
async function tab(change: Partial<Recorder> = {}) {
  const world = makeWorld({ recorders: 1, now: Date.parse('2026-03-14T12:00:00Z') })
  told.value = { ...world.recorders[0]!, ...change }
  const saved: unknown[] = []
  const host = defineComponent({ render: () => h(TriggersTab, { recorder: told.value!, onSave: (config: unknown) => saved.push(config) }) })
  mounted = await mountWith(host)
  await flushPromises()
  return saved
}
const button = (text: string) => mounted!.wrapper.findAll('button').find((one) => one.text() === text)!
const still = () => ['Save', 'Discard changes'].map((one) => button(one).attributes('disabled') !== undefined)
const field = (label: string) => mounted!.wrapper.findAll('.v-text-field').find((one) => one.find('label').text() === label)!.find('input')
const vox = { mode: 'activation', threshold_dbfs: -30, detection_ms: 100, hangover_ms: 2000, pre_roll_ms: 500, level: 'rms' } as const

test.each([['without', null], ['with', vox]] as const)('%s sound nothing is to be saved or discarded before something was changed', async (_, one) => {
  await tab({ config: { vox: one } })
  expect(still()).toEqual([true, true])
  await mounted!.wrapper.find('.v-switch input').setValue(!one)
  expect(still()).toEqual([false, false])
  await button('Discard changes').trigger('click')
  expect(still()).toEqual([true, true])
})

test('what is typed stays when the recorder is told anew, and gives way to what somebody else saved', async () => {
  await tab({ config: { vox } })
  await field('Begins at, dBFS').setValue('-24')
  told.value = { ...told.value!, config: JSON.parse(JSON.stringify(told.value!.config)) }
  await flushPromises()
  expect([field('Begins at, dBFS').element.value, ...still()]).toEqual(['-24', false, false])
  told.value = { ...told.value!, config: { vox: { ...vox, threshold_dbfs: -40 } } }
  await flushPromises()
  expect([field('Begins at, dBFS').element.value, ...still()]).toEqual(['-40', true, true])
})
