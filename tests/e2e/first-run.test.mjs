// The main road: a station that nobody has set up yet, from the first meter to playing what was recorded.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './lib/driver.mjs'
import { Rig } from './lib/rig.mjs'

/** What assistive technology reads from the meters. */
const meters = (page) => page.run(() => [...document.querySelectorAll('[role=meter]')].map((meter) => meter.getAttribute('aria-valuetext')))
/** What the canvas shows. */
const drawn = (page) => page.run(() => [...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()).join())

test('from the first start to playing a recording', { timeout: 300_000 }, async (t) => {
  const rig = await Rig.make(t)
  const page = await rig.open()

  await t.test('two studios with test tones are there, and say that they are a demonstration', async () => {
    await until('both recorders are shown', async () =>
      (await page.run(() => document.querySelectorAll('article.recorder').length)) === 2)
    assert.match(await page.text(), /demonstration/i)
    assert.match(await page.text(), /test tone/i)
  })

  await t.test('meters are live before anything is recorded', async () => {
    await until('the first meter reads about −18 dBFS', async () => /[−-]1[78][.,]\d/.test((await meters(page))[0] ?? ''))
    await until('meters are painted', async () => (await drawn(page)).length > 1000)
    assert.equal((await rig.recordings()).size, 0, 'nothing is recorded yet')
    const [recorder] = (await page.call('list_recorders')).recorders
    assert.equal(recorder.state, 'stopped')
  })

  await t.test('one touch records, and the file grows', async () => {
    await page.click('article.recorder button', /^Record Studio 1/)
    await until('the card says that it records', async () => /recording/i.test(await page.run(() => document.querySelector('article.recorder').innerText)))
    await until('there is a file', async () => (await rig.recordings()).size > 0)
    await rig.grows()
  })

  await t.test('a short touch does not stop it, holding does', async () => {
    await page.click('article.recorder button', /^Hold to stop Studio 1/)
    await rig.grows()
    const [still] = (await page.call('list_recorders')).recorders
    assert.equal(still.state, 'recording')
    await page.hold('article.recorder button', /^Hold to stop Studio 1/, 2600)
    await until('it has stopped', async () => (await page.call('list_recorders')).recorders[0].state === 'stopped')
  })

  await t.test('the file is listed as complete, with what is on disk', async () => {
    await page.goTo('#/files')
    await until('the page is there', () => page.run(() => window.location.hash === '#/files'))
    const [[path, size]] = [...(await rig.recordings())]
    const name = path.split('/').pop()
    await until('the list names it', async () => (await page.text()).includes(name.slice(0, 10)))
    const { files } = await page.call('list_files')
    const listed = files.find((file) => path.endsWith(file.path))
    assert.equal(listed.state, 'complete')
    assert.equal(listed.bytes, size)
    assert.ok(listed.duration_s > 1, `${listed.duration_s} s`)
    assert.equal(listed.gaps, 0)
  })

  await t.test('playing says that there is no audio device', async () => {
    const { files } = await page.call('list_files')
    await page.call('play', { file_id: files[0].id })
    const status = await until('playing has an outcome', async () => {
      const playback = await page.call('playback')
      return playback.state !== 'stopped' && playback
    })
    // This machine has none: that is said in a sentence, and nothing else is disturbed.
    assert.equal(status.state, 'error', JSON.stringify(status))
    await until('the page says so', async () => /audio|device|output/i.test(await page.text()))
  })
})
