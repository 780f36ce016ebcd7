// An operator's remote seat: the window on another station, whose certificate is known by its fingerprint.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { Driver, until } from './lib/driver.mjs'
import { Rig, ended } from './lib/rig.mjs'

const PASSWORD = 'four words make one'

/** A station that listens by TLS, and an operator's place to sit: its own state folder. */
async function station(rig) {
  const command = (args, input) => execFileSync(rig.binary, args, { env: rig.env, input, stdio: 'pipe', timeout: 60_000 })
  command(['user', 'add', 'anna@example.org', '--access', 'operator'], `${PASSWORD}\n`)
  command(['listen', 'on'])
  const log = `${rig.folder}/serve.log`
  rig.spawnTo(log, rig.binary, ['serve', '--demo'])
  const [, port, fingerprint] = await until('the station listens', async () =>
    /https:\/\/0\.0\.0\.0:(\d+), certificate SHA-256 ([0-9A-F:]+)/.exec(await readFile(log, 'utf8')))
  rig.env = { ...rig.env, AUDYN_CONFIG_DIR: `${rig.folder}/seat` }
  return { address: `https://127.0.0.1:${port}/`, fingerprint }
}

test('the page of a station whose fingerprint is given is shown, and signs in there', { timeout: 180_000 }, async (t) => {
  const rig = await Rig.make(t)
  const { address, fingerprint } = await station(rig)
  const log = openSync(`${rig.folder}/remote.log`, 'a')
  const page = await Driver.open({ binary: rig.binary, args: ['remote', address, '--fingerprint', fingerprint], env: rig.env, log })
  t.after(() => page.close())
  await until('the door is shown', () => page.has('input[type=password]'))
  assert.equal(await page.run(() => window.location.origin + '/'), address)
  await page.type('input[autocomplete=username]', undefined, 'anna@example.org')
  await page.type('input[type=password]', undefined, PASSWORD)
  await page.click('button[type=submit]')
  await until('the recorders are there', async () => (await page.text()).includes('Studio 1'))
  // It is nobody here: the shell answers the station's page nothing.
  await assert.rejects(page.shell('shell_info'))
  await assert.rejects(page.call('list_recorders'))
})

test('a station with another certificate than the one that is trusted is not shown', { timeout: 120_000 }, async (t) => {
  const rig = await Rig.make(t)
  const { address, fingerprint } = await station(rig)
  const other = fingerprint.replace(/^../, (first) => (first === '00' ? '01' : '00'))
  const window = rig.start('remote', address, '--fingerprint', other)
  const dialog = await until('it says so', async () => await rig.logged(`the certificate of ${new URL(address).host} is`) &&
    rig.xdotool('search', '--onlyvisible', '--class', 'audyn').then((found) => found.split('\n').length > 1 && found.split('\n')))
  for (const id of dialog) await rig.xdotool('key', '--window', id, 'alt+c')
  await rig.xdotool('key', 'alt+c')
  assert.equal(await ended(window), 1)
})
