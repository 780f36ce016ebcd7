// A small WebDriver client: what these tests need of the protocol, over fetch.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** How long an answer of the driver may take: it waits for the page, and a page that hangs does not answer. */
const PATIENCE_MS = 60_000
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

/** The page of one running program. */
export class Driver {
  #base
  #session
  #process

  /** Starts the program under WebKitWebDriver, with this environment, and waits for its page. */
  static async open({ binary, args = [], env, log }) {
    const driver = new Driver()
    const port = await freePort()
    driver.#process = spawn('WebKitWebDriver', [`--port=${port}`], {
      env: { ...env, TAURI_AUTOMATION: 'true', TAURI_WEBVIEW_AUTOMATION: 'true' },
      stdio: ['ignore', log, log],
    })
    driver.#base = `http://127.0.0.1:${port}`
    try {
      await until('WebKitWebDriver listens', () =>
        fetch(`${driver.#base}/status`, { signal: AbortSignal.timeout(PATIENCE_MS) }).then((reply) => reply.ok))
      const { sessionId } = await driver.#send('POST', '/session', {
        capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary, args } } },
      })
      driver.#session = sessionId
    } catch (cause) {
      // Nobody has the driver yet who could end it.
      await gone(driver.#process)
      throw cause
    }
    return driver
  }

  /** Ends the session, the program with it, and the driver. */
  async close() {
    await this.#send('DELETE', `/session/${this.#session}`).catch(() => undefined)
    await gone(this.#process)
  }

  /** Runs a function in the page; its arguments and its result are JSON. */
  run(act, ...args) {
    return this.#ask('POST', 'execute/sync', { script: `return (${act})(...arguments)`, args })
  }

  /** Runs an async function in the page. */
  runAsync(act, ...args) {
    const script = `
      const done = arguments[arguments.length - 1]
      Promise.resolve((${act})(...[...arguments].slice(0, -1)))
        .then((value) => done({ value }), (error) => done({ error: error?.message ?? JSON.stringify(error) }))`
    return this.#ask('POST', 'execute/async', { script, args }).then(({ value, error }) => {
      if (error !== undefined) throw new Error(`in the page: ${error}`)
      return value
    })
  }

  /** An operation of the contract, asked as the page asks. */
  call(operation, request = {}) {
    return this.runAsync(
      (operation, request) => window.__TAURI_INTERNALS__.invoke('call', { operation, request }),
      operation,
      request,
    )
  }

  /** A command of the shell. */
  shell(command, given = {}) {
    return this.runAsync((command, given) => window.__TAURI_INTERNALS__.invoke(command, given), command, given)
  }

  goTo(route) {
    return this.run((route) => void (window.location.hash = route), route)
  }

  text() {
    return this.run(() => document.body.innerText)
  }

  /** The element that a selector and, if given, its accessible name or text choose. */
  async find(selector, name) {
    const found = await this.#look(selector, name)
    if (!found) throw new Error(`nothing visible is ${selector}${name ? ` with ${name}` : ''}`)
    return found
  }

  async has(selector, name) {
    return (await this.#look(selector, name)) !== null
  }

  async click(selector, name) {
    // What slides in cannot be pressed yet.
    await until(`${selector} ${name ?? ''} can be pressed`, async () => {
      const element = await this.#look(selector, name)
      if (element) await this.#press(element, 0)
      return element
    })
  }

  /** Presses it as assistive technology does: for what hides the window, in which a pointer cannot be lifted any more. */
  async activate(selector, name) {
    const element = await until(`${selector} ${name ?? ''} can be pressed`, () => this.#look(selector, name))
    await this.run((element) => element.click(), element)
  }

  /** Keeps the pointer down on it. */
  async hold(selector, name, ms) {
    const element = await until(`${selector} ${name ?? ''} can be held`, () => this.#look(selector, name))
    await this.#press(element, ms)
  }

  async type(selector, name, text) {
    const element = await until(`${selector} ${name ?? ''} can be written in`, () => this.#look(selector, name))
    await this.#ask('POST', `element/${element[ELEMENT]}/value`, { text })
  }

  async resize(width, height) {
    await this.#ask('POST', 'window/rect', { width, height })
    await until(`the page is ${width} wide`, () =>
      this.run((width) => Math.abs(window.innerWidth - width) < 2, width))
  }

  async #press(element, ms) {
    await this.run((element) => element.scrollIntoView({ block: 'center', inline: 'nearest' }), element)
    await this.#ask('POST', 'actions', {
      actions: [{
        type: 'pointer', id: 'finger', parameters: { pointerType: 'mouse' },
        actions: [
          { type: 'pointerMove', duration: 0, origin: element, x: 0, y: 0 },
          { type: 'pointerDown', button: 0 },
          { type: 'pause', duration: ms },
          { type: 'pointerUp', button: 0 },
        ],
      }],
    })
  }

  /** Visible elements only. A name is a string that is contained, or a pattern as `/…/i`. */
  #look(selector, name) {
    return this.run((selector, source, flags) => {
      const pattern = source === null ? null : new RegExp(source, flags)
      const nameOf = (element) => {
        const labelled = element.getAttribute('aria-labelledby')
        const label = labelled && labelled.split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ')
        const field = element.labels?.length ? [...element.labels].map((l) => l.textContent).join(' ') : ''
        return element.getAttribute('aria-label') || label || field || element.innerText || element.title || ''
      }
      const seen = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible'
      for (const element of document.querySelectorAll(selector)) {
        if (seen(element) && (!pattern || pattern.test(nameOf(element).trim()))) return element
      }
      return null
    }, selector, ...patternOf(name))
  }

  #ask(method, path, body) {
    return this.#send(method, `/session/${this.#session}/${path}`, body)
  }

  async #send(method, path, body) {
    const reply = await fetch(this.#base + path, {
      method,
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const { value } = await reply.json()
    if (!reply.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`)
    return value
  }
}

/** Ends a child, and waits until it is gone: one that does not go when it is asked is killed. */
export async function gone(child, patienceMs = 8000) {
  // One that fell by a signal has no exit code, and tells its end only once.
  if (!child.pid || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  await exit
  clearTimeout(late)
}

/** Looks again and again until it is so, for as long as a slow machine needs; the last trouble is told. */
export async function until(what, act, seconds = 30) {
  const end = Date.now() + seconds * 1000
  let trouble
  for (;;) {
    try {
      const value = await act()
      if (value) return value
      trouble = undefined
    } catch (error) {
      trouble = error
    }
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`, { cause: trouble })
    await pause(100)
  }
}

function patternOf(name) {
  if (name === undefined) return [null, '']
  if (name instanceof RegExp) return [name.source, name.flags]
  return [name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), '']
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
