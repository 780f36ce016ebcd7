// Somebody signs in at the window by a code on another device, at a real provider, and is themselves until they go.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { until } from './lib/driver.mjs'
import { Rig } from './lib/rig.mjs'

/** The provider and the other device, of tests/oidc. It ends with the test. */
async function provider(t) {
  const child = spawn('node', ['device.mjs'], { cwd: fileURLToPath(new URL('../oidc', import.meta.url)), stdio: ['pipe', 'pipe', 'inherit'] })
  t.after(() => child.kill())
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const read = async () => JSON.parse((await lines.next()).value)
  const { issuer } = await read()
  return { issuer, tell: (told) => (child.stdin.write(`${JSON.stringify(told)}\n`), read()) }
}
const settings = (issuer, on = true) => ({
  entra: {
    on, tenant: '', client_id: 'audyn', has_secret: false, redirect: null, issuer, graph: null,
    admins: [], operators: ['staff'], studios: [], viewers: [], others: null,
  },
  entra_secret: 'the-secret',
})
/** The code that the window shows. */
const shown = (page) => until('a code is shown', () => page.run(() => document.querySelector('.code__code')?.textContent))
const who = async (page) => (await page.shell('person'))?.user ?? null

test('the window is whose who signed in there, and the machine’s again after them', { timeout: 240_000 }, async (t) => {
  const { issuer, tell } = await provider(t)
  await tell({ claims: { oid: '0a1b', email: 'ada@example.org', name: 'Ada Lovelace', groups: ['staff'] }, device: { interval: 1 } })
  const rig = await Rig.make(t)
  const page = await rig.open()
  assert.equal(await who(page), null)
  assert.equal(await page.has('nav a', /^You/), false, 'without a provider nothing is said of it')
  await page.call('change_access_settings', settings(issuer))

  await t.test('given up, nobody is in', async () => {
    await page.click('nav a', /^You/)
    await page.click('main button', /^Sign in/)
    await shown(page)
    assert.ok(await page.has('[role=dialog] svg[role=img]'), 'a picture for a camera')
    await page.click('[role=dialog] button', /^Cancel/)
    await until('the dialog is gone', async () => !(await page.has('[role=dialog]')))
    assert.equal(await who(page), null)
  })

  await t.test('refused there, it is told here', async () => {
    await page.click('main button', /^Sign in/)
    await tell({ deny: await shown(page) })
    await until('it says so', async () => (await page.text()).includes('cancelled'))
    await page.click('[role=dialog] button', /^Cancel/)
    await until('the dialog is gone', async () => !(await page.has('[role=dialog]')))
  })

  await t.test('signed in there, the window has their name and their rights', async () => {
    await page.click('main button', /^Sign in/)
    await tell({ approve: await shown(page) })
    await until('the page is theirs', async () => (await page.has('header a', /Ada Lovelace/)) && !(await page.has('nav a', /^Settings/)))
    assert.equal((await who(page)).access, 'operator')
    await assert.rejects(page.call('change_settings', { station: 'Mine' }))
    assert.notEqual((await page.call('settings')).station, 'Mine')
    await page.call('start_all')
    await page.call('stop_all')
  })

  await t.test('they go, and it is the machine’s', async () => {
    await page.click('header a', /Ada Lovelace/)
    await page.click('main button', /^Sign out/)
    await until('the page is the machine’s', () => page.has('nav a', /^Settings/))
    assert.equal(await who(page), null)
    const { entries } = await page.call('audit_log', { limit: 50 })
    const done = entries.filter(({ who }) => who === 'Ada Lovelace <ada@example.org>').map(({ kind }) => kind)
    assert.deepEqual(done.filter((kind) => ['sign_in', 'start_all', 'stop_all', 'sign_out'].includes(kind)).sort(), ['sign_in', 'sign_out', 'start_all', 'stop_all'])
    assert.deepEqual((await page.call('list_sessions')).sessions, [])
  })
})

test('a session that is ended elsewhere is over at the window, too', { timeout: 180_000 }, async (t) => {
  const { issuer, tell } = await provider(t)
  await tell({ claims: { oid: '0a1b', email: 'ada@example.org', name: 'Ada Lovelace', groups: ['boss'] }, device: { interval: 1 } })
  const rig = await Rig.make(t)
  const page = await rig.open()
  const open = settings(issuer)
  await page.call('change_access_settings', { ...open, entra: { ...open.entra, admins: ['boss'] } })
  await page.click('nav a', /^You/)
  await page.click('main button', /^Sign in/)
  await tell({ approve: await shown(page) })
  await until('the page is theirs', () => page.has('header a', /Ada Lovelace/))
  const { sessions } = await page.call('list_sessions')
  assert.equal(sessions.length, 1)
  // The page that asks is loaded again by it, and has no answer.
  await page.run((id) => void window.__TAURI_INTERNALS__.invoke('call', { operation: 'end_session', request: { id } }), sessions[0].id)
  await until('the page is the machine’s', async () => !(await page.has('header a', /Ada Lovelace/)) && (await page.has('nav a', /^You/)))
  assert.equal(await who(page), null)
})
