// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { addressOf, HttpTransport } from './http'
import { OPENING_MS, PING_MS, SIGNED_OUT, SILENCE_MS, waitAfter, type Wire } from './socket'

interface Asked {
  address: string
  method: string
  headers: Record<string, string>
  body?: string
}

/** A socket of the made-up server. */
class FakeWire implements Wire {
  binaryType: BinaryType = 'blob'
  readyState: Wire['readyState'] = 0
  onopen: Wire['onopen'] = null
  onmessage: Wire['onmessage'] = null
  onclose: Wire['onclose'] = null
  readonly sent: string[] = []
  constructor(
    readonly path: string,
    readonly protocol?: string,
  ) {}
  send(data: unknown) {
    this.sent.push(String(data))
  }
  close() {
    this.readyState = 3
  }
  accept() {
    this.readyState = 1
    this.onopen?.({} as Event)
  }
  say(data: unknown) {
    this.onmessage?.({ data } as MessageEvent)
  }
  cut(code = 1006) {
    this.readyState = 3
    this.onclose?.({ code } as CloseEvent)
  }
}

/** A server that answers as it is told, and remembers what it was asked. */
function server(answers: Record<string, () => Response> = {}) {
  const asked: Asked[] = []
  const wires: FakeWire[] = []
  let wake = () => undefined as void
  const http = new HttpTransport({
    fetch: (async (address: string, options: RequestInit) => {
      const headers = options.headers as Record<string, string>
      asked.push({ address, method: options.method!, headers, ...(options.body ? { body: String(options.body) } : {}) })
      return (answers[`${options.method} ${address}`] ?? (() => reply(404, { code: 'not_found', message: 'No such page.', request_id: 'r' })))()
    }) as typeof fetch,
    socket: (path, protocol) => {
      const wire = new FakeWire(path, protocol)
      wires.push(wire)
      return wire
    },
    onWake: (take) => (wake = take),
  })
  return { http, asked, wires, answers, wake: () => wake() }
}
function reply(status: number, body: unknown, headers: Record<string, string> = {}) {
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })
}
const user = { id: 'u1', email: 'nora@radio.example', name: 'Nora', is_admin: false, access: 'operator', studio_id: null }
const signedIn = (csrf = 'c1') => reply(200, { user, csrf, expires: '2026-03-15T00:00:00Z' })
const nobody = () => reply(401, { code: 'unauthenticated', message: 'Not authenticated', request_id: 'r9' })

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test.each([
  ['GET', '/api/recorders/{id}', { id: 3 }, '/api/recorders/3', undefined],
  ['GET', '/api/assets/', { search: 'a b&c', day: null, limit: 20, with_gaps: true }, '/api/assets/?search=a+b%26c&limit=20&with_gaps=true', undefined],
  ['POST', '/api/studios/{id}/assign', { id: 'studio-1', recorder_id: null }, '/api/studios/studio-1/assign', { recorder_id: null }],
  ['POST', '/api/playback/pause', {}, '/api/playback/pause', {}],
  ['POST', '/api/control/backups/{name}/restore', { name: 'a/../b.db' }, '/api/control/backups/a%2F..%2Fb.db/restore', {}],
  ['DELETE', '/api/recorders/{id}', { id: 3 }, '/api/recorders/3', undefined],
])('%s %s of %j is %s', (method, path, request, address, body) => {
  expect(addressOf(method, path, request)).toEqual(body === undefined ? { address } : { address, body })
})

test('a call goes by its route and brings the reply', async () => {
  const { http, asked } = server({ 'POST /api/recorders/3/start': () => reply(200, { message: 'Recording started', recorder_id: 3 }) })
  expect(await http.call('start_recorder', { id: 3, from_seconds_ago: 10 })).toEqual({ message: 'Recording started', recorder_id: 3 })
  expect(asked).toMatchObject([{ method: 'POST', address: '/api/recorders/3/start', body: '{"from_seconds_ago":10}' }])
})

test('a refusal keeps its code, its words and its number, and a wait its seconds', async () => {
  const { http } = server({
    'POST /api/recorders/3/start': () => reply(409, { code: 'conflict', message: 'It has no source.', request_id: 'r7' }),
    'POST /api/auth/local': () => reply(429, { code: 'too_many', message: 'Too many tries.', request_id: 'r8' }, { 'Retry-After': '30' }),
  })
  await expect(http.call('start_recorder', { id: 3 })).rejects.toMatchObject({ code: 'conflict', message: 'It has no source.', requestId: 'r7' })
  await expect(http.signIn('nora', 'x')).rejects.toMatchObject({ code: 'too_many', waitS: 30 })
})

test('what is no answer of the service is called unreachable', async () => {
  const { http } = server({ 'GET /api/control/status': () => reply(502, '<html>Bad gateway</html>') })
  await expect(http.call('status', {})).rejects.toMatchObject({ code: 'unreachable', message: 'HTTP 502' })
})

test('what changes something carries the token of the session, what reads does not', async () => {
  const { http, asked } = server({
    'POST /api/auth/local': () => signedIn('c1'),
    'POST /api/recorders/3/start': () => reply(200, {}),
    'GET /api/control/status': () => reply(200, {}),
  })
  expect(await http.signIn('nora', 'right')).toEqual({ user, expires: '2026-03-15T00:00:00Z' })
  await http.call('start_recorder', { id: 3 })
  await http.call('status', {})
  expect(asked.map(({ headers }) => headers['X-Audyn-Csrf'])).toEqual([undefined, 'c1', undefined])
})

test('a token that another page made old is renewed once', async () => {
  let csrf = 'c1'
  const { http, asked, answers } = server({ 'GET /api/auth/me': () => signedIn(csrf) })
  answers['POST /api/recorders/3/start'] = () =>
    asked.at(-1)!.headers['X-Audyn-Csrf'] === 'c2' ? reply(200, {}) : reply(403, { code: 'forbidden', message: 'The token is not of this session.', request_id: 'r' })
  await http.me()
  csrf = 'c2'
  expect(await http.call('start_recorder', { id: 3 })).toEqual({})
  // The same token again: the refusal is about something else.
  answers['POST /api/recorders/3/start'] = () => reply(403, { code: 'forbidden', message: 'Operators may.', request_id: 'r' })
  await expect(http.call('start_recorder', { id: 3 })).rejects.toMatchObject({ message: 'Operators may.' })
})

test('an ended session is told, and its sockets rest until somebody is in again', async () => {
  const { http, wires, answers } = server({ 'GET /api/auth/me': () => signedIn(), 'GET /api/control/status': nobody })
  const left = vi.fn()
  http.onSignedOut(left)
  await http.me()
  await http.onEvent(() => undefined)
  wires[0]!.accept()
  await expect(http.call('status', {})).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(left).toHaveBeenCalledOnce()
  expect(wires[0]!.readyState).toBe(3)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(wires).toHaveLength(1)
  answers['POST /api/auth/local'] = () => signedIn('c2')
  await http.signIn('nora', 'right')
  expect(wires).toHaveLength(2)
})

test('a wrong password ends nothing', async () => {
  const { http } = server({ 'POST /api/auth/local': nobody })
  const left = vi.fn()
  http.onSignedOut(left)
  await expect(http.signIn('nora', 'wrong')).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(left).not.toHaveBeenCalled()
})

test('the socket’s own word for an ended session is understood', async () => {
  const { http, wires } = server()
  const left = vi.fn()
  http.onSignedOut(left)
  await http.levels(() => undefined)
  wires[0]!.accept()
  wires[0]!.cut(SIGNED_OUT)
  await vi.advanceTimersByTimeAsync(120_000)
  expect([left.mock.calls.length, wires.length]).toEqual([1, 1])
})

test('events are delivered, and what only keeps a socket alive is not', async () => {
  const { http, wires } = server()
  const taken: unknown[] = []
  await http.onEvent((event) => taken.push(event))
  wires[0]!.accept()
  for (const text of ['{"type":"resync"}', '{"type":"keepalive"}', '{"type":"pong"}', 'no json', '{"type":"recorder_removed","data":3}']) wires[0]!.say(text)
  expect(taken).toEqual([{ type: 'resync' }, { type: 'recorder_removed', data: 3 }])
})

test('levels come as bytes by their own protocol', async () => {
  const { http, wires } = server()
  const frames: ArrayBuffer[] = []
  const end = await http.levels((frame) => frames.push(frame))
  expect([wires[0]!.path, wires[0]!.protocol, wires[0]!.binaryType]).toEqual(['/ws/levels', 'audyn.levels.v1', 'arraybuffer'])
  wires[0]!.accept()
  wires[0]!.say(new ArrayBuffer(8))
  wires[0]!.say('{"type":"keepalive"}')
  expect(frames.map(({ byteLength }) => byteLength)).toEqual([8])
  end()
  expect(wires[0]!.readyState).toBe(3)
})

test('a cut socket comes back, later after each try in vain, and says so', async () => {
  const { http, wires } = server()
  const hears: boolean[] = []
  http.onHearing((is) => hears.push(is))
  await http.onEvent(() => undefined)
  wires[0]!.accept()
  wires[0]!.cut()
  expect(hears).toEqual([true, false])
  await vi.advanceTimersByTimeAsync(waitAfter(0, 1))
  expect(wires).toHaveLength(2)
  wires[1]!.cut()
  await vi.advanceTimersByTimeAsync(waitAfter(1, 0) - 1)
  expect(wires).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(waitAfter(1, 1))
  wires[2]!.accept()
  expect(hears).toEqual([true, false, true])
})

test.each([
  [0, 0, 250], [0, 1, 500], [1, 1, 1000], [4, 1, 8000], [5, 1, 15_000], [5, 0, 7500], [4000, 1, 15_000],
])('after %i tries and a chance of %f it waits %i ms', (tries, chance, ms) => {
  expect(waitAfter(tries, chance)).toBe(ms)
})

test('the network’s return ends the wait', async () => {
  const { http, wires, wake } = server()
  await http.onEvent(() => undefined)
  for (let i = 0; i < 6; i += 1) {
    wires.at(-1)!.cut()
    await vi.advanceTimersByTimeAsync(waitAfter(i, 1))
  }
  wires.at(-1)!.cut()
  const tried = wires.length
  wake()
  expect(wires).toHaveLength(tried + 1)
})

test('one that is silent for too long, or does not open, is given up', async () => {
  const { http, wires } = server()
  await http.onEvent(() => undefined)
  await vi.advanceTimersByTimeAsync(OPENING_MS + waitAfter(0, 1))
  expect(wires).toHaveLength(2)
  wires[1]!.accept()
  await vi.advanceTimersByTimeAsync(PING_MS)
  expect(wires[1]!.sent).toEqual(['{"type":"ping"}'])
  wires[1]!.say('{"type":"pong"}')
  await vi.advanceTimersByTimeAsync(SILENCE_MS + PING_MS + waitAfter(0, 1))
  expect([wires[1]!.readyState, wires.length]).toEqual([3, 3])
})

test('the addresses of files are the door’s', () => {
  const { http } = server()
  expect([http.content('a b', 'sound'), http.content('f1', 'download')]).toEqual(['/api/assets/a%20b/content', '/api/assets/f1/content?download=1'])
})
