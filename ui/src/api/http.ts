import { routes, type AppEvent, type Me, type Operations } from './contract'
import type { Door, SignedIn, WaysIn } from './door'
import { ApiError, apiError } from './error'
import { LastingSocket, type Wire } from './socket'
import type { Transport, Unsubscribe } from './transport'

const CSRF = 'X-Audyn-Csrf'
const LEVELS = 'audyn.levels.v1'

interface Outside {
  fetch: typeof fetch
  socket: (path: string, protocol?: string) => Wire
  /** Tells when the network is back or the page is looked at again. */
  onWake: (take: () => void) => void
}

/** The service at the other end of a network: REST for calls, a socket for events and one for levels. */
export class HttpTransport implements Transport, Door {
  readonly providerAddress = '/api/auth/login'
  private csrf = ''
  private readonly takers = new Set<(event: AppEvent) => void>()
  private readonly measurers = new Set<(frame: ArrayBuffer) => void>()
  private readonly hearers = new Set<(hears: boolean) => void>()
  private readonly leavers = new Set<() => void>()
  private readonly events: LastingSocket
  private readonly frames: LastingSocket

  constructor(private readonly outside: Outside = browser()) {
    this.events = new LastingSocket({
      open: () => outside.socket('/ws/events'),
      take: (data) => typeof data === 'string' && this.deliver(data),
      changed: (there) => this.hearers.forEach((take) => take(there)),
      refused: () => this.signedOut(),
    })
    this.frames = new LastingSocket({
      open: () => outside.socket('/ws/levels', LEVELS),
      take: (data) => typeof data !== 'string' && this.measurers.forEach((take) => take(data)),
      refused: () => this.signedOut(),
    })
    outside.onWake(() => {
      this.events.wake()
      this.frames.wake()
    })
  }

  async call(operation: string, request: unknown, givenUp?: AbortSignal): Promise<unknown> {
    const [method, path] = routes[operation as keyof Operations]
    const { address, body } = addressOf(method, path, request as Record<string, unknown>)
    const ask = () => this.ask(method, address, body, givenUp)
    try {
      return await ask()
    } catch (cause) {
      const forbidden = cause instanceof ApiError && cause.code === 'forbidden'
      if (!forbidden || method === 'GET') throw cause
      // Another page of this browser may have signed in anew: then its token holds, and this one's does not.
      const before = this.csrf
      await this.me()
      if (this.csrf === before) throw cause
      return ask()
    }
  }

  async onEvent(take: (event: AppEvent) => void): Promise<Unsubscribe> {
    this.takers.add(take)
    this.events.start()
    return () => {
      this.takers.delete(take)
      if (this.takers.size === 0) this.events.stop()
    }
  }

  async levels(take: (frame: ArrayBuffer) => void): Promise<Unsubscribe> {
    this.measurers.add(take)
    this.frames.start()
    return () => {
      this.measurers.delete(take)
      if (this.measurers.size === 0) this.frames.stop()
    }
  }

  onHearing(take: (hears: boolean) => void): Unsubscribe {
    this.hearers.add(take)
    return () => this.hearers.delete(take)
  }

  onSignedOut(take: () => void): Unsubscribe {
    this.leavers.add(take)
    return () => this.leavers.delete(take)
  }

  ways(): Promise<WaysIn> {
    return this.ask('GET', '/api/auth/ways') as Promise<WaysIn>
  }
  me(): Promise<SignedIn> {
    return this.keep(this.ask('GET', '/api/auth/me'))
  }
  signIn(email: string, password: string): Promise<SignedIn> {
    return this.keep(this.ask('POST', '/api/auth/local', { email, password }))
  }
  breakglass(password: string): Promise<SignedIn> {
    return this.keep(this.ask('POST', '/api/auth/breakglass', { password }))
  }
  async signOut(): Promise<void> {
    await this.ask('POST', '/api/auth/logout', {})
    this.signedOut()
  }
  content(fileId: string, as: 'sound' | 'download'): string {
    return `/api/assets/${encodeURIComponent(fileId)}/content${as === 'download' ? '?download=1' : ''}`
  }

  private async keep(answer: Promise<unknown>): Promise<SignedIn> {
    const { csrf, ...signedIn } = (await answer) as Me
    this.csrf = csrf ?? ''
    // Whoever listened before a session ended goes on listening in this one.
    if (this.takers.size > 0) this.events.start()
    if (this.measurers.size > 0) this.frames.start()
    return signedIn
  }

  private signedOut(): void {
    this.csrf = ''
    this.events.stop()
    this.frames.stop()
    this.leavers.forEach((take) => take())
  }

  private async ask(method: string, address: string, body?: unknown, givenUp?: AbortSignal): Promise<unknown> {
    const headers: Record<string, string> = { Accept: 'application/json' }
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    if (method !== 'GET' && this.csrf) headers[CSRF] = this.csrf
    const [response, text] = await this.fetch(address, {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: 'same-origin', cache: 'no-store',
      redirect: 'error', signal: givenUp,
    })
    const reply = read(text)
    if (response.ok && reply !== undefined) return reply
    const { code, message, requestId } = apiError(reply ?? new Error(`HTTP ${response.status}`))
    const wait = Number(response.headers.get('Retry-After'))
    // A wrong password is answered so as well, and ends no session.
    if (response.status === 401 && (method === 'GET' || this.csrf)) this.signedOut()
    throw new ApiError(code, message, requestId, wait > 0 ? wait : undefined)
  }

  private async fetch(address: string, options: RequestInit): Promise<[Response, string]> {
    try {
      const response = await this.outside.fetch(address, options)
      return [response, await response.text()]
    } catch (cause) {
      throw apiError(cause)
    }
  }

  private deliver(text: string): void {
    const word = read(text) as { type: string } | undefined
    if (!word || word.type === 'pong' || word.type === 'keepalive') return
    this.takers.forEach((take) => take(word as AppEvent))
  }
}

/** A request's address and body: fields that the path names stand in it, the others of a GET in the query, else in the body. */
export function addressOf(method: string, path: string, request: Record<string, unknown>): { address: string; body?: unknown } {
  const rest = { ...request }
  const filled = path.replace(/\{(\w+)\}/g, (_, field: string) => {
    const value = rest[field]
    delete rest[field]
    return encodeURIComponent(String(value))
  })
  if (method !== 'GET') return method === 'DELETE' && Object.keys(rest).length === 0 ? { address: filled } : { address: filled, body: rest }
  const query = new URLSearchParams()
  for (const [field, value] of Object.entries(rest)) if (value !== null && value !== undefined) query.set(field, String(value))
  return { address: query.size > 0 ? `${filled}?${query}` : filled }
}

/** What a text says as JSON; an empty one is an empty object, another thing nothing. */
function read(text: string): unknown {
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function browser(): Outside {
  return {
    fetch: (address, options) => window.fetch(address, options),
    socket: (path, protocol) => {
      const address = `${window.location.protocol === 'https:' ? 'wss' : 'ws'}://${window.location.host}${path}`
      return new WebSocket(address, protocol === undefined ? [] : [protocol])
    },
    onWake: (take) => {
      window.addEventListener('online', take)
      window.addEventListener('pageshow', take)
      document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && take())
    },
  }
}
