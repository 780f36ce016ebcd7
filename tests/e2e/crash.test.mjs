// A page that dies or hangs comes back by itself, and the recording does not notice.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './lib/driver.mjs'
import { Rig, descendants } from './lib/rig.mjs'

const webProcess = async (root) => (await descendants(root)).find(({ name }) => name.startsWith('WebKitWebProces'))?.pid

test('killing the page’s process brings a new page while the file grows', { timeout: 180_000 }, async (t) => {
  const rig = await Rig.make(t)
  // A first run sets recorders to record: what should be recording is resumed at the next start.
  const page = await rig.open()
  await until('both recorders are there', async () => (await page.call('list_recorders')).recorders.length === 2)
  await page.call('start_all')
  await rig.grows()
  await rig.close()

  const child = rig.start()
  await rig.window()
  await until('the page is painted', async () => (await rig.colours()) > 100)
  await rig.grows()
  const files = [...(await rig.recordings()).keys()]
  for (let round = 1; round <= 2; round += 1) {
    const before = await until('the page has a process', () => webProcess(child.pid))
    process.kill(before, 'SIGKILL')
    await until('there is a new one', async () => {
      const now = await webProcess(child.pid)
      return now && now !== before
    })
    await until('the page is painted again', async () => (await rig.colours()) > 100)
    await rig.grows()
  }
  assert.ok(await rig.logged("the page's process ended"))
  assert.equal(child.exitCode, null, 'the program is the same one')
  assert.deepEqual([...(await rig.recordings()).keys()], files, 'and so are the files')
})

test('a page that hangs is loaded again while the file grows', { timeout: 180_000 }, async (t) => {
  const rig = await Rig.make(t)
  const page = await rig.open()
  await until('both recorders are there', async () => (await page.call('list_recorders')).recorders.length === 2)
  await page.call('start_all')
  await rig.grows()
  const { program } = rig
  const before = await webProcess(program)
  await page.run(() => void setTimeout(() => { for (;;); }, 200))
  await rig.grows()
  await until('the page has a new process', async () => {
    const now = await webProcess(program)
    return now && now !== before
  }, 45)
  assert.ok(await rig.logged('the page does not answer'))
  await until('the page is painted again', async () => (await rig.colours()) > 100)
  await rig.grows()
})
