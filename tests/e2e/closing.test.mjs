// Closing the window, and the ways out of the program: no recording ends unasked, and every file is finished.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { until } from './lib/driver.mjs'
import { Rig, ended, running } from './lib/rig.mjs'

/** What the program itself says about every file of the archive. */
function check(rig) {
  return execFileSync(rig.binary, ['check', rig.archive], { env: rig.env, encoding: 'utf8', timeout: 60_000 })
}

async function recording(rig) {
  const page = await rig.open()
  await until('both recorders are there', async () => (await page.call('list_recorders')).recorders.length === 2)
  await page.call('start_all')
  await until('there are two files', async () => (await rig.recordings()).size === 2)
  await rig.grows()
  return page
}

test('closing while recording asks; "cancel" goes on, "quit" finishes every file', { timeout: 180_000 }, async (t) => {
  const rig = await Rig.make(t)
  const page = await recording(rig)
  const window = await rig.window()
  await rig.xdotool('windowactivate', '--sync', window, 'key', 'alt+F4')
  await until('the page asks', () => page.has('[role=alertdialog]'))
  assert.match(await page.run(() => document.querySelector('[role=alertdialog]').innerText), /no tray/i)
  await page.click('[role=alertdialog] button', /stay here/i)
  await until('the question is gone', async () => !(await page.has('[role=alertdialog]')))
  await rig.grows()

  const pid = rig.program
  await rig.xdotool('windowactivate', '--sync', window, 'key', 'alt+F4')
  await page.click('[role=alertdialog] button', /stop and quit/i)
  await until('the program has ended', async () => !(await running(pid)))
  assert.match(check(rig), /2 segments.*everything is in order/)
})

test('SIGTERM finishes every file within five seconds', { timeout: 180_000 }, async (t) => {
  const rig = await Rig.make(t)
  await recording(rig)
  const pid = rig.program
  const began = Date.now()
  process.kill(pid, 'SIGTERM')
  await until('the program has ended', async () => !(await running(pid)))
  assert.ok(Date.now() - began < 6000, `it took ${Date.now() - began} ms`)
  assert.match(check(rig), /2 segments.*everything is in order/)
})

test('closing with nothing recording ends the program at once', { timeout: 120_000 }, async (t) => {
  const rig = await Rig.make(t)
  const child = rig.start()
  const window = await rig.window()
  await until('the station is open', () => rig.logged('audyn'))
  await rig.xdotool('windowactivate', '--sync', window, 'key', 'alt+F4')
  assert.equal(await ended(child), 0)
})

test('without a display it says so, and serves until a signal', { timeout: 120_000 }, async (t) => {
  const rig = await Rig.make(t, { manager: null })
  delete rig.env.DISPLAY
  const child = rig.start()
  await until('it says so', () => rig.logged('There is no display'))
  await until('it serves', () => rig.logged('serving without a window'))
  child.kill('SIGTERM')
  assert.equal(await ended(child), 0)
})
