// What the desktop around the window does for it: choosing a folder, showing a file; and the session of a studio's screen.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { until } from './lib/driver.mjs'
import { Rig, descendants, ended } from './lib/rig.mjs'

const SERVICE = fileURLToPath(new URL('lib/desktop_service.py', import.meta.url))
const SESSION = fileURLToPath(new URL('../../src-tauri/packaging/kiosk-session', import.meta.url))

test('a folder is chosen in the system’s dialog', { timeout: 120_000 }, async (t) => {
  const rig = await Rig.make(t)
  const page = await rig.open()
  const choose = async (key) => {
    await page.run((start) => {
      window.picked = undefined
      window.__TAURI_INTERNALS__.invoke('pick_folder', { start }).then((folder) => { window.picked = { folder } })
    }, rig.archive)
    const dialog = await until('the dialog is shown', () => rig.xdotool('search', '--onlyvisible', '--name', '^Choose a folder$'))
    await rig.xdotool('windowactivate', '--sync', dialog, 'key', key)
    return (await until('it is answered', () => page.run(() => window.picked))).folder
  }
  assert.equal(await choose('Escape'), null)
  assert.equal(await choose('alt+h'), rig.archive)
})

test('a recording is shown in the file manager', { timeout: 120_000 }, async (t) => {
  const rig = await Rig.make(t)
  const page = await rig.open()
  await until('both recorders are there', async () => (await page.call('list_recorders')).recorders.length === 2)
  await page.call('start_recorder', { id: 1 })
  const [path] = (await until('there is a file', async () => {
    const found = [...(await rig.recordings()).keys()]
    return found.length > 0 && found
  }))
  const { id } = (await until('it is listed', async () => (await page.call('list_files')).files))[0]

  // Without a file manager the path is said.
  await assert.rejects(page.shell('reveal_file', { id }), (error) => error.message.includes(path))

  const log = `${rig.folder}/shown.log`
  rig.spawnTo(log, '/usr/bin/python3', [SERVICE, 'file-manager'])
  await until('it is there', async () => (await readFile(log, 'utf8')).includes('ready'))
  await page.shell('reveal_file', { id })
  assert.equal((await readFile(log, 'utf8')).trim().split('\n').pop(), pathToFileURL(path).href)
})

test('a studio’s screen is kept awake as long as it is one', { timeout: 120_000 }, async (t) => {
  const rig = await Rig.make(t)
  const log = `${rig.folder}/saver.log`
  rig.spawnTo(log, '/usr/bin/python3', [SERVICE, 'screen-saver'])
  const said = async () => await readFile(log, 'utf8')
  await until('the screen saver is there', async () => (await said()).includes('ready'))
  const page = await rig.open()
  assert.equal(await said(), 'ready\n')
  await page.call('change_settings', { kiosk: true })
  await until('it is asked to wait', async () => (await said()).includes('Audyn: This is a studio'))
  await page.shell('leave_kiosk')
  assert.ok(!(await said()).includes('gone'), 'unlocked it is one still')
  await page.call('change_settings', { kiosk: false })
  await until('it is let go', async () => (await said()).includes('gone'))
})

test('the session of a studio’s screen opens the window again when it fails, and ends when it is quit', { timeout: 120_000 }, async (t) => {
  const rig = await Rig.make(t, { manager: null })
  rig.env.AUDYN = rig.binary
  const session = rig.spawn(SESSION, 'x11')
  const window = await rig.window()
  await until('it fills the screen', async () => (await rig.xdotool('getwindowgeometry', window)).includes('1280x800'))
  const program = async () => (await descendants(session.pid)).find(({ name }) => name === 'audyn')?.pid
  const first = await program()
  process.kill(first, 'SIGKILL')
  await until('there is another', async () => {
    const now = await program()
    return now && now !== first
  })
  await rig.window()
  process.kill(await program(), 'SIGTERM')
  assert.equal(await ended(session), 0)
})
