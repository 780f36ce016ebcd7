// The icon in the tray, where there is one: the state, the window, recording and stopping all, the way out.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { until } from './lib/driver.mjs'
import { Rig, running } from './lib/rig.mjs'

const run = promisify(execFile)
const TRAY = fileURLToPath(new URL('lib/tray.py', import.meta.url))

/** The icon's menu, as a desktop reads and presses it. */
class Menu {
  constructor(rig, owner, path) {
    Object.assign(this, { rig, owner, path })
  }

  async #call(method, ...given) {
    const { stdout } = await run('gdbus', [
      'call', '--session', '--dest', this.owner, '--object-path', this.path, '--method', `com.canonical.dbusmenu.${method}`, ...given,
    ], { env: this.rig.env })
    return stdout
  }

  /** Lines and their numbers. */
  async lines() {
    const layout = await this.#call('GetLayout', '0', '--', '-1', '[]')
    const lines = new Map()
    // Each item is (number, {properties}, [children]).
    for (const [, number, properties] of layout.matchAll(/\((?:int32 )?(\d+), \{([^}]*)\}/g)) {
      const label = /'label': <'([^']*)'>/.exec(properties)?.[1]
      if (label) lines.set(label.replaceAll('_', ''), Number(number))
    }
    return lines
  }

  async press(label) {
    const number = (await this.lines()).get(label)
    assert.notEqual(number, undefined, `the menu has no ${label}`)
    await this.#call('Event', String(number), 'clicked', '<0>', '0')
  }
}

test('where there is a tray, the window goes there and comes back', { timeout: 180_000 }, async (t) => {
  const rig = await Rig.make(t)
  const log = `${rig.folder}/tray.log`
  rig.spawnTo(log, '/usr/bin/python3', [TRAY])
  const page = await rig.open()
  await until('the page knows of the tray', async () => (await page.shell('shell_info')).tray)
  const [owner, item] = (await until('the icon is in the tray', async () => (await readFile(log, 'utf8')).trim())).split('\n')[0].split(' ')
  const { stdout } = await run('gdbus', [
    'call', '--session', '--dest', owner, '--object-path', item, '--method', 'org.freedesktop.DBus.Properties.Get',
    'org.kde.StatusNotifierItem', 'Menu',
  ], { env: rig.env })
  const menu = new Menu(rig, owner, /'([^']+)'/.exec(stdout)[1])
  const window = await rig.window()
  const states = async () => (await page.call('list_recorders')).recorders.map(({ state }) => state)

  await t.test('it records all, and says how many', async () => {
    await menu.press('Record all')
    await until('both record', async () => (await states()).every((state) => state === 'recording'))
    await until('the menu says so', async () => (await menu.lines()).has('2 of 2 recording'))
  })

  await t.test('closing the window asks, and offers the tray', async () => {
    await rig.xdotool('windowactivate', '--sync', window, 'key', 'alt+F4')
    await page.activate('[role=alertdialog] button', /tray/i)
    await until('the window is gone from the screen', async () =>
      (await rig.xdotool('search', '--onlyvisible', '--name', '^Audyn$').catch(() => '')) === '')
    await rig.grows()
  })

  await t.test('the tray brings it back', async () => {
    await menu.press('Show Audyn')
    assert.equal(await rig.window(), window)
  })

  await t.test('with the setting it goes to the tray unasked', async () => {
    await page.call('change_settings', { close_to_tray: true })
    await rig.xdotool('windowactivate', '--sync', window, 'key', 'alt+F4')
    await until('the window is gone from the screen', async () =>
      (await rig.xdotool('search', '--onlyvisible', '--name', '^Audyn$').catch(() => '')) === '')
    await menu.press('Show Audyn')
    await rig.window()
  })

  await t.test('stopping and quitting take a second step, and end well', async () => {
    await menu.press('Stop every recorder now')
    await until('both have stopped', async () => (await states()).every((state) => state === 'stopped'))
    await menu.press('Finish every file and quit')
    await until('the program has ended', async () => !(await running(rig.program)))
  })
})
