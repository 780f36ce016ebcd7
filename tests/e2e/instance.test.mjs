// One window for one station.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './lib/driver.mjs'
import { Rig, ended } from './lib/rig.mjs'

test('a second start brings the first window to the front, and ends well', { timeout: 120_000 }, async (t) => {
  const rig = await Rig.make(t)
  rig.start()
  const first = await rig.window()
  await rig.xdotool('windowminimize', first)
  await until('the window is not on the screen', async () => (await visible(rig)) === '')

  const began = Date.now()
  const second = rig.spawnTo(`${rig.folder}/second.log`, rig.binary, [])
  assert.equal(await ended(second), 0)
  assert.ok(Date.now() - began < 10_000, `it took ${Date.now() - began} ms`)
  await until('the first window is in front again', async () => (await rig.xdotool('getactivewindow')) === first)
})

test('a second start without a session bus does the same', { timeout: 120_000 }, async (t) => {
  const rig = await Rig.make(t)
  rig.env.DBUS_SESSION_BUS_ADDRESS = 'unix:path=/nonexistent'
  rig.start()
  const first = await rig.window()
  await rig.xdotool('windowminimize', first)
  assert.equal(await ended(rig.spawnTo(`${rig.folder}/second.log`, rig.binary, [])), 0)
  await until('the first window is in front again', async () => (await rig.xdotool('getactivewindow')) === first)
})

test('started again at once after it was quit, it is open again', { timeout: 120_000 }, async (t) => {
  const rig = await Rig.make(t)
  const first = rig.start()
  await rig.window()
  first.kill('SIGTERM')
  const second = rig.start()
  assert.equal(await ended(first), 0)
  await rig.window()
  await until('the page is painted', async () => (await rig.colours()) > 100)
  assert.equal(second.exitCode, null)
})

test('two stations have two windows', { timeout: 120_000 }, async (t) => {
  const rig = await Rig.make(t)
  rig.start()
  await rig.window()
  rig.env.AUDYN_CONFIG_DIR = `${rig.folder}/other`
  rig.env.AUDYN_ARCHIVE_ROOT = `${rig.folder}/other-archive`
  rig.start()
  await until('there are two windows', async () => (await visible(rig)).split('\n').length === 2)
})

const visible = (rig) => rig.xdotool('search', '--onlyvisible', '--name', '^Audyn$').catch(() => '')
