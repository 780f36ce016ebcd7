// Pictures of each view at three sizes, of a station that records. They are looked at by people; here it is only made
// sure that each view is there, fits its width, and breaks nothing.

import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { until } from './lib/driver.mjs'
import { Rig, SHOTS } from './lib/rig.mjs'

/** Without frames, so that a window is as large as it is told to be. */
const UNDECORATED = fileURLToPath(new URL('../../src-tauri/packaging/openbox.xml', import.meta.url))
const SIZES = [[1024, 600], [1280, 800], [1920, 1080]]
const VIEWS = [
  ['overview', '#/overview'], ['recorder', '#/overview/1'], ['recorder-outputs', '#/overview/1?tab=outputs'],
  ['recorder-gaps', '#/overview/1?tab=gaps'], ['sources', '#/sources'], ['studios', '#/studios'], ['files', '#/files'],
  ['settings', '#/settings'], ['picker', '#/picker'], ['kiosk', '#/kiosk'],
]

test('pictures of each view at three sizes', { timeout: 600_000 }, async (t) => {
  await mkdir(SHOTS, { recursive: true })
  const rig = await Rig.make(t, { width: 1920, height: 1080, manager: ['openbox', '--config-file', UNDECORATED] })
  const page = await rig.open()
  const window = await rig.window()
  await until('both recorders are there', async () => (await page.call('list_recorders')).recorders.length === 2)
  await page.goTo('#/picker')
  await until('the picker is there', () => page.has('h1', /screen/i))
  await page.click('main button', /Studio 1/)
  await until('the studio is shown', () => page.has('button', /^Record|^Hold/))
  await page.call('start_all')
  await rig.grows()
  for (const theme of ['dark', 'light']) {
    await page.call('change_settings', { theme })
    for (const [width, height] of SIZES) {
      await page.resize(width, height)
      for (const [name, route] of VIEWS) {
        await t.test(`${name}, ${width} × ${height}, ${theme}`, async () => {
          await page.goTo(route)
          await pause(1200)
          assert.equal(await page.run(() => window.location.hash), route, 'the view is there')
          const wide = await page.run(() => document.documentElement.scrollWidth - window.innerWidth)
          assert.ok(wide <= 0, `it is ${wide} px too wide`)
          await rig.picture(window, `${SHOTS}/${name}-${width}x${height}-${theme}.png`)
        })
      }
    }
  }
})
