// A studio is made, and gets its recorder by menu and by drag.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './lib/driver.mjs'
import { Rig } from './lib/rig.mjs'

const studios = async (page) => new Map((await page.call('list_studios')).studios.map((studio) => [studio.name, studio]))

test('a studio is made and gets a recorder, which leaves the one before', { timeout: 180_000 }, async (t) => {
  const rig = await Rig.make(t)
  const page = await rig.open()
  await page.click('nav a, nav button', /^Studios/)

  await t.test('it is made', async () => {
    await page.click('button', /^New studio/)
    await page.type('[role=dialog] input', /^Name/, 'Küche & Flur')
    await page.click('[role=dialog] [role=radio]', /^Orange/)
    await page.click('[role=dialog] button', /^Create studio/)
    await until('it is shown', () => page.has('article.studio', 'Küche & Flur'))
    await until('the dialog is gone', async () => !(await page.has('[role=dialog]')))
    const made = (await studios(page)).get('Küche & Flur')
    assert.match(made.id, /^studio-[0-9a-f]{8}$/)
    assert.equal(made.recorder_id, null)
  })

  await t.test('it gets a recorder by its menu', async () => {
    const before = (await studios(page)).get('Studio 2').recorder_id
    await page.click('button', /^Recorder of Küche & Flur/)
    await page.click('.v-overlay .v-list-item', /^Studio 2/)
    await until('it has it', async () => (await studios(page)).get('Küche & Flur').recorder_id === before)
    assert.equal((await studios(page)).get('Studio 2').recorder_id, null, 'a recorder has one studio')
    await until('the page says so', async () => page.has('button', /^Recorder of Küche & Flur: Studio 2/))
  })

  await t.test('another name for the same is refused with a sentence', async () => {
    await page.click('button', /^New studio/)
    await page.type('[role=dialog] input', /^Name/, 'KÜCHE & FLUR')
    await page.click('[role=dialog] button', /^Create studio/)
    await until('it says why', () => page.has('[role=dialog] [role=alert]'))
    await page.click('[role=dialog] button', /^Cancel/)
  })

  await t.test('a recording goes into the studio’s folder', async () => {
    const { id, recorder_id } = (await studios(page)).get('Küche & Flur')
    await page.call('start_recorder', { id: recorder_id })
    await until('there is a file in its folder', async () =>
      [...(await rig.recordings()).keys()].some((path) => path.includes(`/${id}/`)))
  })
})
