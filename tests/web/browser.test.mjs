// A browser on the network, from the door to the way out, against the real program.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ask, fill, GLASS, makeBrowser, makeStation, PATIENCE_MS, signIn, until } from './lib/rig.mjs'

const LIMIT = { timeout: 180_000 }
let station
let browser

before(async () => {
  station = await makeStation()
  browser = await makeBrowser()
}, { timeout: 300_000 })
after(async () => {
  await browser?.close()
  await station?.end()
})

/** The card of a recorder on the Overview. */
const card = (page, name) => page.getByRole('article', { name })
/** Held for longer than the hold lasts. */
async function hold(page, target) {
  await target.hover()
  await page.mouse.down()
  await until('it was held', async () => !(await target.isVisible().catch(() => false)))
  await page.mouse.up()
}
const files = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile() && one.name.endsWith('.wav'))

test('nobody comes in without the right password, and nothing is told to nobody', LIMIT, async () => {
  const page = await browser.seat(station)
  await page.getByRole('heading', { name: /^Sign in to/ }).waitFor()
  for (const path of ['/api/recorders/', '/api/control/status', '/api/access/audit']) {
    assert.equal(await page.evaluate(async (path) => (await fetch(path)).status, path), 401, path)
  }
  await signIn(page, 'otto', 'not the password')
  await page.getByRole('alert').waitFor()
  assert.match(page.url(), /sign-in/)
  await page.context().close()
})

test('an operator signs in, records, holds to stop, hears the file in the page, takes it along and leaves', LIMIT, async () => {
  const page = await browser.seat(station)
  let frames = 0
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => (frames += typeof payload === 'string' ? 0 : 1)))
  await signIn(page, 'otto')
  await page.getByText(/^Connected to /).waitFor()

  // Meters move: levels come as bytes.
  await until('levels come', () => frames > 30)
  // What an operator may not is not there.
  assert.equal(await page.getByRole('link', { name: 'Settings' }).count(), 0)
  assert.equal(await page.getByRole('button', { name: 'New recorder' }).count(), 0)

  const one = card(page, 'Studio 1')
  await one.getByRole('button', { name: /^Record/ }).click()
  await one.getByText('Recording', { exact: true }).waitFor()
  await until('some seconds are recorded', async () => /0:00:0[4-9]/.test(await one.innerText()))
  await hold(page, one.getByRole('button', { name: /^Hold to stop/ }))
  await one.getByText('Stopped', { exact: true }).waitFor()

  // The list has it, whole.
  await page.getByRole('link', { name: 'Files' }).click()
  const row = page.getByRole('grid').getByRole('row').filter({ hasText: '.wav' }).first()
  await row.getByRole('button', { name: /^Play/ }).click()
  const player = page.getByRole('region', { name: 'Player' })
  await until('it is heard from second to second', async () => /0:00:0[1-9]/.test((await player.innerText()).split('\n').join(' ')))
  assert.equal(await player.getByText('This browser cannot play').count(), 0)

  // What is downloaded is what is on disk, byte for byte.
  await row.click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^Download/ }).first().click()])
  const name = download.suggestedFilename()
  const disk = files(join(station.folder, 'archive')).find((file) => file.name === name)
  assert.ok(disk, `${name} is in the archive`)
  const digest = (path) => createHash('sha256').update(readFileSync(path)).digest('hex')
  assert.equal(digest(await download.path()), digest(join(disk.parentPath, disk.name)))

  await page.getByRole('link', { name: 'You' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: /^Sign in to/ }).waitFor()
  assert.equal(await page.evaluate(async () => (await fetch('/api/recorders/')).status), 401)
  await page.context().close()
})

test('a piece of a file is served as a piece', LIMIT, async () => {
  const page = await browser.seat(station)
  await signIn(page, 'vera')
  await page.getByText(/^Connected to /).waitFor()
  const got = await page.evaluate(async () => {
    const { files } = await (await fetch('/api/assets/')).json()
    const reply = await fetch(`/api/assets/${files[0].id}/content`, { headers: { Range: 'bytes=0-3' } })
    return { status: reply.status, text: await reply.text() }
  })
  assert.equal(got.status, 206)
  assert.match(got.text, /^RIFF|^RF64/)
  await page.context().close()
})

test('everybody finds what is theirs, and is refused what is not', LIMIT, async () => {
  const page = await browser.seat(station)
  await signIn(page, 'vera')
  await card(page, 'Studio 1').waitFor()
  assert.equal(await page.getByRole('button', { name: /^(Record |Hold to stop|Stop all)/ }).count(), 0)
  assert.equal((await ask(page, 'POST', '/api/recorders/1/start', {})).status, 403)
  await page.context().close()

  const studio = await browser.seat(station)
  await signIn(studio, 'stella')
  await card(studio, 'Studio 1').waitFor()
  assert.equal(await studio.getByRole('article').count(), 1)
  assert.equal((await ask(studio, 'GET', '/api/recorders/')).body.recorders.length, 1)
  assert.notEqual((await ask(studio, 'POST', '/api/recorders/2/start', {})).status, 200)
  assert.equal((await ask(studio, 'GET', '/api/access/users')).status, 403)
  await studio.context().close()
})

test('what an operator holds, its studio sees and cannot delete, until that is lifted', LIMIT, async () => {
  const operator = await browser.seat(station)
  await signIn(operator, 'otto')
  await operator.getByText(/^Connected to /).waitFor()
  await operator.getByRole('link', { name: 'Files' }).click()
  const row = (page) => page.getByRole('grid').getByRole('row').filter({ hasText: '.wav' }).last()
  await row(operator).click()
  await operator.getByRole('button', { name: 'Place hold…' }).click()
  const placing = operator.getByRole('dialog')
  await placing.getByRole('button', { name: 'Place hold' }).click()
  await placing.getByText('Say why: somebody else will want to know.').waitFor()
  await fill([placing.getByLabel('Why'), 'Complaint 17'])
  await placing.getByRole('button', { name: 'Place hold' }).click()
  await row(operator).getByText('Held', { exact: true }).waitFor()

  // The studio: it is told why, and nothing of it goes, by the page or by REST.
  const studio = await browser.seat(station)
  await signIn(studio, 'stella')
  await studio.getByText(/^Connected to /).waitFor()
  await studio.getByRole('link', { name: 'Files' }).click()
  await row(studio).getByText('Held', { exact: true }).waitFor()
  await row(studio).click()
  const details = studio.getByRole('complementary', { name: /^Details of / })
  await details.getByText('Complaint 17').waitFor()
  assert.equal(await details.getByRole('button', { name: /hold|^Lift/i }).count(), 0)
  await details.getByRole('button', { name: 'Delete…' }).click()
  const deleting = studio.getByRole('alertdialog')
  await deleting.getByText('1 recording is held', { exact: true }).waitFor()
  assert.ok(await deleting.getByRole('button', { name: 'Hold to delete' }).isDisabled())
  await deleting.getByRole('button', { name: 'Keep' }).click()
  const { body: held } = await ask(studio, 'GET', '/api/assets/?held=true')
  assert.equal(held.files.length, 1)
  const ids = [held.files[0].id]
  const { status, body } = await ask(studio, 'POST', '/api/assets/delete', { ids })
  assert.deepEqual([status, body.done], [200, []])
  assert.match(body.refused[0].message, /\.wav is held by otto <otto@radio\.example>: "Complaint 17"/)
  assert.ok(files(join(station.folder, 'archive')).some(({ name }) => name === held.files[0].name), 'it is on the disk')
  assert.equal((await ask(studio, 'POST', '/api/assets/lift-hold', { ids, reason: 'mine' })).status, 403)

  // Lifted by the operator; the studio's page hears of it.
  await operator.getByRole('button', { name: 'Lift the hold “Complaint 17”' }).click()
  const lifting = operator.getByRole('dialog')
  await fill([lifting.getByLabel('Why it is lifted'), 'Settled'])
  await lifting.getByRole('button', { name: 'Lift', exact: true }).click()
  await row(studio).getByText('Held', { exact: true }).waitFor({ state: 'hidden' })
  await operator.context().close()
  await studio.context().close()
})

test('an administrator sees who is in, and ends a session; that page stands at the door within seconds', LIMIT, async () => {
  const theirs = await browser.seat(station)
  await signIn(theirs, 'otto')
  await theirs.getByText(/^Connected to /).waitFor()
  const page = await browser.seat(station)
  await signIn(page, 'ada')
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('link', { name: 'Sessions' }).click()
  await page.getByRole('button', { name: 'End the session of otto' }).first().click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'End', exact: true }).click()
  await theirs.getByText('Your session has ended.').waitFor()

  // A user is added in the page, and comes in.
  await page.getByRole('link', { name: 'Users' }).click()
  await page.getByRole('button', { name: 'Add user' }).click()
  const dialog = page.getByRole('dialog')
  await fill([dialog.getByLabel('Address or user name'), 'nora@radio.example'], [dialog.getByLabel('Password'), 'another long one'])
  await dialog.getByRole('button', { name: 'Add user' }).click()
  await page.getByText('nora@radio.example').first().waitFor()
  await signIn(theirs, 'nora', 'another long one')
  await theirs.getByText(/^Connected to /).waitFor()

  // All of it is in the log.
  await page.getByRole('link', { name: 'Audit' }).click()
  await page.getByText('create_user').first().waitFor()
  await page.getByText('end_session').first().waitFor()
  // And where it listens, by which certificate.
  await page.getByRole('link', { name: 'Network access' }).click()
  await page.getByText(`${station.address}/`).first().waitFor()
  await page.getByText(/([0-9A-F]{2}:){31}[0-9A-F]{2}/).first().waitFor()
  await theirs.context().close()
  await page.context().close()
})

test('a station that goes away and comes back: the page says so, and is live again by itself', LIMIT, async () => {
  const page = await browser.seat(station)
  await signIn(page, 'otto')
  await card(page, 'Studio 1').waitFor()
  await station.stop()
  await page.getByText(/No connection since .* Recording goes on; this screen is not live\./).waitFor()
  assert.ok(await card(page, 'Studio 1').getByRole('button', { name: /^Record/ }).isDisabled())
  let frames = 0
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => (frames += typeof payload === 'string' ? 0 : 1)))
  await station.start()
  await page.getByText(/No connection since/).waitFor({ state: 'hidden' })
  await until('levels come again', () => frames > 10)
  assert.ok(await card(page, 'Studio 1').getByRole('button', { name: /^Record/ }).isEnabled())
  await page.context().close()
})

test('emergency access opens while the provider cannot be reached, and is seen by everybody', LIMIT, async () => {
  const admin = await browser.seat(station)
  await signIn(admin, 'ada')
  await admin.getByText(/^Connected to /).waitFor()
  const { body: settings } = await ask(admin, 'GET', '/api/access/settings')
  // Nothing listens there.
  const entra = { ...settings.entra, on: true, tenant: 'radio.example', client_id: 'audyn', issuer: 'http://127.0.0.1:9' }
  assert.equal((await ask(admin, 'PUT', '/api/access/settings', { entra })).status, 200)

  const page = await browser.seat(station)
  await page.getByRole('link', { name: 'Sign in with Microsoft' }).waitFor()
  await page.getByRole('button', { name: 'Emergency access' }).click()
  await page.getByText(/raises an alarm/).waitFor()
  await page.getByLabel('Emergency password').fill(GLASS)
  await page.getByRole('button', { name: 'Use emergency access' }).click()
  await page.getByText(/^Emergency access\. It is recorded and has raised an alarm\./).waitFor()
  await until('everybody who looks is told', async () => /emergency|breakglass/i.test((await ask(admin, 'GET', '/api/control/status')).body.notices.map(({ subject, message }) => `${subject} ${message}`).join()))
  assert.ok((await ask(admin, 'GET', '/api/access/audit')).body.entries.some(({ who_id }) => who_id === 'breakglass'))
  await page.context().close()
  await admin.context().close()
})

test('an administrator finds every page whole, makes a studio and gives it a recorder', LIMIT, async () => {
  const page = await browser.seat(station)
  await signIn(page, 'ada')
  await page.getByText(/^Connected to /).waitFor()
  const go = (name) => page.getByRole('navigation').getByRole('link', { name, exact: true }).first().click()
  // What went wrong has a panel of its own; the hints of fields are alerts, too.
  const whole = async (what) => assert.equal(await page.locator('.error[role=alert]').count(), 0, `${what} shows no trouble`)
  for (const name of ['Studios', 'Sources', 'Files', 'Doctor', 'Settings', 'Overview']) {
    await go(name)
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await whole(name)
  }
  // A recorder, with everything about it.
  await card(page, 'Studio 2').getByRole('link').first().click()
  for (const name of ['Outputs', 'Source', 'Triggers', 'Gaps', 'History', 'Now']) {
    const tab = page.getByRole('tab', { name })
    await tab.click()
    await until(`${name} is shown`, async () => (await tab.getAttribute('aria-selected')) === 'true')
    await whole(name)
  }
  // The settings of the station, one after the other.
  await go('Settings')
  for (const name of ['Network access', 'Users', 'Sessions', 'Tokens', 'Audit', 'Station']) {
    const link = page.getByRole('link', { name, exact: true })
    await link.click()
    await until(`${name} is shown`, async () => (await link.getAttribute('aria-current')) === 'page')
    await whole(name)
  }
  await go('Studios')
  await page.getByRole('button', { name: 'New studio' }).click()
  const dialog = page.getByRole('dialog')
  await fill([dialog.getByLabel('Name', { exact: true }), 'Küche & Flur'])
  await dialog.getByRole('radio', { name: /^Orange/ }).click()
  await dialog.getByRole('button', { name: 'Create studio' }).click()
  await page.getByRole('button', { name: /^Recorder of Küche & Flur/ }).click()
  await page.getByRole('menuitem', { name: /^Studio 2/ }).or(page.locator('.v-overlay .v-list-item', { hasText: /^Studio 2/ })).first().click()
  await page.getByRole('button', { name: /^Recorder of Küche & Flur: Studio 2/ }).waitFor()
  const { studios } = (await ask(page, 'GET', '/api/studios/')).body
  const [made, before] = ['Küche & Flur', 'Studio 2'].map((name) => studios.find((studio) => studio.name === name))
  assert.ok(made.recorder_id)
  assert.equal(before.recorder_id, null, 'a recorder has one studio')
  await page.context().close()
})

test('on a telephone recorders are a list, and every page is one touch away', LIMIT, async () => {
  const page = await browser.seat(station, { width: 390, height: 844 })
  await signIn(page, 'otto')
  await page.getByRole('row').filter({ hasText: 'Studio 1' }).waitFor()
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
  assert.equal(wide, false)
  await page.getByRole('navigation').getByRole('link', { name: 'Files' }).click()
  await page.getByRole('grid').waitFor()
  await page.context().close()
})

test('no page broke, and none wanted what the content policy refuses', () => {
  assert.deepEqual(browser.complaints, [])
})
