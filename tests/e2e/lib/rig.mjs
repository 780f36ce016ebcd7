// What a test stands on: a display, a window manager, a session bus and a station of its own. All of it ends with the test.

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Driver, gone, until } from './driver.mjs'

/** No tool may take longer: one that hangs fails its test, and not the whole run. */
const TOOL_MS = 30_000
const executed = promisify(execFile)
const run = (command, args, options = {}) => executed(command, args, { timeout: TOOL_MS, killSignal: 'SIGKILL', ...options })
const root = fileURLToPath(new URL('../../..', import.meta.url))

export const BINARY = process.env.AUDYN_E2E_BINARY ?? join(root, 'target/debug/audyn')
export const SHOTS = fileURLToPath(new URL('../shots', import.meta.url))

/** A station with a screen. `t` is the test that it belongs to. */
export class Rig {
  #children = []
  #logs = 0

  static async make(t, { width = 1280, height = 800, manager = ['openbox'] } = {}) {
    const rig = new Rig()
    rig.folder = await mkdtemp(join(tmpdir(), 'audyn-e2e-'))
    // Whatever fails on the way: what was started is ended.
    t.after(() => rig.#end(t))
    for (const name of ['home', 'run', 'state', 'archive']) await mkdir(join(rig.folder, name), { mode: 0o700 })
    rig.archive = join(rig.folder, 'archive')
    rig.binary = BINARY
    rig.env = {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      TZ: 'Europe/Zurich',
      HOME: join(rig.folder, 'home'),
      XDG_RUNTIME_DIR: join(rig.folder, 'run'),
      AUDYN_CONFIG_DIR: join(rig.folder, 'state'),
      AUDYN_ARCHIVE_ROOT: rig.archive,
      // No accessibility bus, no session services that would outlive the test.
      NO_AT_BRIDGE: '1',
      GTK_USE_PORTAL: '0',
      GDK_BACKEND: 'x11',
      LOG_LEVEL: 'info,audyn=debug',
    }
    rig.env.DBUS_SESSION_BUS_ADDRESS = await rig.#bus()
    rig.env.DISPLAY = await rig.#display(width, height)
    if (manager) {
      rig.spawn(...manager)
      await until('the window manager is there', async () =>
        (await run('xprop', ['-root', '_NET_SUPPORTING_WM_CHECK'], { env: rig.env })).stdout.includes('window id'))
    }
    return rig
  }

  /** The program with a page that can be asked. */
  async open(...args) {
    const log = this.#log('window')
    this.windowLog = log
    const driver = await Driver.open({ binary: BINARY, args, env: this.env, log: openSync(log, 'a') })
    this.driver = driver
    // The driver may end before the program: then nothing but its number is left of it.
    this.program = (await descendants(process.pid)).find(({ name }) => name === 'audyn').pid
    // The first view comes by a redirect; a way that is chosen before it is there would be taken back.
    await until('the first view is there', () =>
      driver.run(() => document.getElementById('app')?.childElementCount > 0 && window.location.hash.length > 2))
    return driver
  }

  /** Ends the program that `open` began, and waits until it is gone: it finishes its files first. */
  async close() {
    await this.driver.close()
    this.driver = undefined
    // A driver whose page was killed has forgotten the program.
    if (await running(this.program)) process.kill(this.program, 'SIGTERM')
    await until('the program has ended', async () => !(await running(this.program)))
  }

  /** The program by itself, as a person starts it. */
  start(...args) {
    const log = this.#log('window')
    this.windowLog = log
    return this.spawnTo(log, BINARY, args)
  }

  spawn(command, ...args) {
    return this.spawnTo(this.#log(command.split('/').pop()), command, args)
  }

  spawnTo(log, command, args) {
    const out = openSync(log, 'a')
    const child = spawn(command, args, { env: this.env, stdio: ['ignore', out, out] })
    child.on('error', (error) => console.error(`cannot start ${command}: ${error.message}`))
    this.#children.push(child)
    return child
  }

  async xdotool(...args) {
    return (await run('xdotool', args, { env: this.env })).stdout.trim()
  }

  /** The number of the program's window on the display, once it is shown. */
  window() {
    return until('the window is shown', async () =>
      (await this.xdotool('search', '--onlyvisible', '--name', '^Audyn$')).split('\n')[0])
  }

  /** What is in a window, as it is on the screen. */
  async picture(window, file) {
    await run('import', ['-window', window, file], { env: this.env })
  }

  /** How many colours the screen shows: few, and there is no page. */
  async colours() {
    const { stdout } = await run('import', ['-window', 'root', '-format', '%k', 'info:'], { env: this.env })
    return Number(stdout)
  }

  logged(text) {
    return readFile(this.windowLog, 'utf8').then((log) => log.includes(text))
  }

  /** Recordings and their sizes. */
  async recordings() {
    const found = new Map()
    for (const entry of await readdir(this.archive, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(wav|flac|opus|mp3)$/.test(entry.name)) continue
      const path = join(entry.parentPath ?? entry.path, entry.name)
      found.set(path, (await stat(path)).size)
    }
    return found
  }

  async size() {
    return [...(await this.recordings()).values()].reduce((sum, size) => sum + size, 0)
  }

  /** Waits until there is more on the disk than now. */
  async grows() {
    const before = await this.size()
    await until('a recording grows', async () => (await this.size()) > before + 100_000)
  }

  async #bus() {
    const daemon = spawn('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address=1'], {
      env: this.env, stdio: ['ignore', 'pipe', 'ignore'],
    })
    this.#children.push(daemon)
    const [line] = await once(daemon.stdout.setEncoding('utf8'), 'data', { signal: AbortSignal.timeout(TOOL_MS) })
    return line.trim()
  }

  async #display(width, height) {
    const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp', '-noreset'], {
      env: this.env, stdio: ['ignore', 'pipe', 'ignore'],
    })
    this.#children.push(server)
    const [number] = await once(server.stdout.setEncoding('utf8'), 'data', { signal: AbortSignal.timeout(TOOL_MS) })
    return `:${number.trim()}`
  }

  #log(name) {
    this.#logs += 1
    return join(this.folder, `${this.#logs}-${name}.log`)
  }

  async #end(t) {
    try {
      if (this.driver) await this.close()
    } finally {
      for (const child of this.#children.reverse()) await gone(child)
    }
    if (this.windowLog && process.env.AUDYN_E2E_LOGS) {
      t.diagnostic(await readFile(this.windowLog, 'utf8').catch(() => ''))
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** The children, and theirs, of a process, with their names. */
export async function descendants(pid) {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid=,comm='])
  const all = stdout.trim().split('\n').map((line) => {
    const [own, parent, ...name] = line.trim().split(/\s+/)
    return { pid: Number(own), parent: Number(parent), name: name.join(' ') }
  })
  const found = []
  const wanted = new Set([pid])
  for (let grown = true; grown;) {
    grown = false
    for (const one of all) {
      if (wanted.has(one.parent) && !wanted.has(one.pid)) {
        wanted.add(one.pid)
        found.push(one)
        grown = true
      }
    }
  }
  return found
}

/** The process is there, and not only as an entry that its parent has not read yet. */
export async function running(pid) {
  return readFile(`/proc/${pid}/stat`, 'utf8').then((stat) => !/\) Z /.test(stat), () => false)
}

/** Ends with the child: its exit code. */
export async function ended(child, seconds = 30) {
  return until('the program ends', () => child.exitCode !== null && { code: child.exitCode }, seconds).then(({ code }) => code)
}
