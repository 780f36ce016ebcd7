// A real station with its listener on loopback, and browsers that come to it.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { chromium } from 'playwright-core'

/** How long anything that is waited for may take. The machine may be busy. */
export const PATIENCE_MS = 60_000
const BINARY = process.env.AUDYN_WEB_BINARY
// Chromium's own calls to the network are refused where there is none, many at a time: they are switched off.
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required']

/** A station in a folder of its own, with a demonstration's two recorders. */
export class Station {
  folder = mkdtempSync(join(tmpdir(), 'audyn-web-'))
  port = 0
  #process
  #log = ''

  get address() {
    return `https://127.0.0.1:${this.port}`
  }
  get #env() {
    const { folder } = this
    return {
      PATH: process.env.PATH, HOME: folder, AUDYN_CONFIG_DIR: join(folder, 'state'), AUDYN_ARCHIVE_ROOT: join(folder, 'archive'),
      XDG_RUNTIME_DIR: folder, RUST_BACKTRACE: '1',
    }
  }

  /** Runs the program to its end; what it is told on standard input is one line. */
  run(args, input = '') {
    const done = spawnSync(BINARY, args, { env: this.#env, input: `${input}\n`, encoding: 'utf8', timeout: PATIENCE_MS })
    if (done.status !== 0) throw new Error(`audyn ${args.join(' ')}: ${done.error ?? done.stderr}`)
    return done.stdout
  }

  async start(...args) {
    this.#process = spawn(BINARY, ['serve', ...args], { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const out of [this.#process.stdout, this.#process.stderr]) out.on('data', (text) => (this.#log += text))
    await until('the station answers', () => {
      if (this.#process.exitCode !== null) throw new Error(`audyn serve ended with ${this.#process.exitCode}`)
      return this.health()
    })
  }

  /** Ends it as a supervisor would. */
  async stop() {
    const process = this.#process
    if (!process || process.exitCode !== null) return
    process.kill('SIGTERM')
    const ended = await Promise.race([once(process, 'exit').then(() => true), pause(PATIENCE_MS, false, { ref: false })])
    if (!ended) process.kill('SIGKILL')
  }

  health() {
    return new Promise((resolve) => {
      const asked = get(`${this.address}/health`, { rejectUnauthorized: false, timeout: 5000 }, (reply) => {
        reply.resume()
        resolve(reply.statusCode === 200)
      })
      asked.on('error', () => resolve(false))
      asked.on('timeout', () => asked.destroy())
    })
  }

  get log() {
    return this.#log
  }

  async end() {
    await this.stop()
    if (process.env.AUDYN_WEB_LOGS) console.log(this.#log)
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A station whose users are: ada (admin), otto (operator), vera (viewer), stella (studio: the demonstration's first). */
export async function makeStation() {
  const station = new Station()
  station.port = await freePort()
  // Step 1: the demonstration makes recorders and studios. Opened on loopback's interface only, encrypted.
  station.run(['listen', 'on', '--interface', 'lo', '--port', String(station.port)])
  await station.start('--demo')
  await station.stop()
  // Step 2: who may.
  for (const [name, level] of [['ada', 'admin'], ['otto', 'operator'], ['vera', 'viewer']]) {
    station.run(['user', 'add', `${name}@radio.example`, '--access', level, '--name', name], PASSWORD)
  }
  station.run(['user', 'add', 'stella@radio.example', '--access', 'studio', '--studio', 'Studio 1', '--name', 'stella'], PASSWORD)
  station.run(['breakglass', 'set'], GLASS)
  await station.start()
  return station
}

export const PASSWORD = 'correct horse battery'
export const GLASS = 'behind the red door'

/** A browser, and what its pages complained about. */
export async function makeBrowser() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS, timeout: PATIENCE_MS })
  const complaints = []
  return {
    complaints,
    /** Somebody's own browser: nothing of another's is in it. */
    async seat(station, size = { width: 1280, height: 800 }) {
      const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: size, acceptDownloads: true })
      context.setDefaultTimeout(PATIENCE_MS)
      context.setDefaultNavigationTimeout(PATIENCE_MS)
      const page = await context.newPage()
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('console', (message) => /Content Security Policy|Content-Security-Policy/.test(message.text()) && complaints.push(message.text()))
      await page.goto(station.address)
      return page
    },
    close: () => browser.close(),
  }
}

/** Types into fields until they hold it: a field that takes the focus for itself when it appears takes what is typed elsewhere. */
export async function fill(...pairs) {
  await until('the fields hold what is typed', async () => {
    for (const [field, text] of pairs) await field.fill(text)
    const held = await Promise.all(pairs.map(([field]) => field.inputValue()))
    return pairs.every(([, text], i) => held[i] === text)
  })
}

/** Comes in by the form, as a person does. */
export async function signIn(page, name, password = PASSWORD) {
  await fill([page.getByLabel('User', { exact: true }), `${name}@radio.example`], [page.getByLabel('Password', { exact: true }), password])
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** An operation by REST, as this page's session; answers the status and the reply. */
export function ask(page, method, path, body) {
  return page.evaluate(
    async ([method, path, body]) => {
      const { csrf } = await (await fetch('/api/auth/me')).json()
      const reply = await fetch(path, {
        method, headers: { 'Content-Type': 'application/json', 'X-Audyn-Csrf': csrf ?? '' }, body: body === undefined ? undefined : JSON.stringify(body),
      })
      return { status: reply.status, body: await reply.json().catch(() => null) }
    },
    [method, path, body],
  )
}

export async function until(what, look, ms = PATIENCE_MS) {
  const end = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`)
    await pause(100)
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}
