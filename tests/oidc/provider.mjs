// A real OpenID provider on the loopback interface, and beside it what Graph says about groups. A test drives it by lines of
// JSON on standard input and waits for the answer to each.
//
//   → {"claims": {...}, "spoil": "nonce"}   what the next ID tokens say beyond the usual, and what is wrong with them
//   → {"rotate": true}                      a new key; the old one is gone
//   → {"graph": [["id", ...], ...]}         pages of groups; null: it answers 500
//   → {"stop": true}                        the provider is gone
//   ← {"ok": true, "tokens": n, "keys": n, "basic": …}   what was asked of it so far
import { createHmac, generateKeyPairSync, createSign } from 'node:crypto'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { JWKStore, OAuth2Server } from 'oauth2-mock-server'

const server = new OAuth2Server()
await server.issuer.keys.generate('RS256')
let wish = { claims: {}, spoil: '' }
let pages = []
const seen = { tokens: 0, keys: 0, authorization: null, graph: [] }

const past = () => Math.floor(Date.now() / 1000) - 3600
const b64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

server.service.on('beforeTokenSigning', (token) => {
  Object.assign(token.payload, wish.claims)
  for (const [name, value] of Object.entries(wish.claims)) if (value === null) delete token.payload[name]
  const spoil = {
    nonce: () => (token.payload.nonce = 'another'),
    'no-nonce': () => delete token.payload.nonce,
    audience: () => (token.payload.aud = 'another-application'),
    audiences: () => (token.payload.aud = [token.payload.aud, 'another-application']),
    party: () => (token.payload.azp = 'another-application'),
    issuer: () => (token.payload.iss = 'http://localhost:1'),
    expired: () => Object.assign(token.payload, { exp: past(), iat: past() - 60, nbf: past() - 60 }),
    early: () => (token.payload.nbf = past() + 7200),
    future: () => (token.payload.iat = past() + 7200),
  }
  spoil[wish.spoil]?.()
})

server.service.on('beforeResponse', (response, request) => {
  seen.tokens += 1
  seen.authorization = request.headers.authorization ?? null
  const [header, payload, signature] = response.body.id_token?.split('.') ?? []
  if (!payload) return
  const kid = JSON.parse(Buffer.from(header, 'base64url')).kid
  if (wish.spoil === 'unsigned') response.body.id_token = `${b64({ alg: 'none', typ: 'JWT' })}.${payload}.`
  if (wish.spoil === 'signature') response.body.id_token = `${header}.${payload}.${signature.split('').reverse().join('')}`
  if (wish.spoil === 'secret') {
    // Signed with the client's own secret: whoever knows that is not the provider.
    const text = `${b64({ alg: 'HS256', typ: 'JWT' })}.${payload}`
    response.body.id_token = `${text}.${createHmac('sha256', 'the-secret').update(text).digest('base64url')}`
  }
  if (wish.spoil === 'key' || wish.spoil === 'unknown-key') {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const text = `${b64({ alg: 'RS256', typ: 'JWT', kid: wish.spoil === 'key' ? kid : 'nobody' })}.${payload}`
    response.body.id_token = `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`
  }
  if (wish.spoil === 'no-token') delete response.body.id_token
  if (wish.spoil === 'client') Object.assign(response, { statusCode: 401, body: { error: 'invalid_client' } })
  if (wish.spoil === 'endless') response.body.padding = 'x'.repeat(3 << 20)
})

const graph = createServer((request, response) => {
  seen.graph.push(request.headers.authorization ? 'bearer' : 'nobody')
  if (pages === null) return response.writeHead(500).end()
  const page = Number(new URL(request.url, 'http://localhost').searchParams.get('page') ?? 0)
  const body = { value: (pages[page] ?? []).map((id) => ({ id })) }
  const host = wish.spoil === 'graph-elsewhere' ? 'localhost:1' : request.headers.host
  if (page + 1 < pages.length) body['@odata.nextLink'] = `http://${host}/v1.0/me/more?page=${page + 1}`
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
})

await server.start(0, 'localhost')
await new Promise((listening) => graph.listen(0, 'localhost', listening))
const toJSON = server.issuer.keys.toJSON.bind(server.issuer.keys)
let keys = toJSON
server.issuer.keys.toJSON = (...all) => ((seen.keys += 1), keys(...all))
console.log(JSON.stringify({ issuer: server.issuer.url, graph: `http://localhost:${graph.address().port}` }))

for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line)
  if ('claims' in told || 'spoil' in told) wish = { claims: told.claims ?? {}, spoil: told.spoil ?? '' }
  if ('graph' in told) pages = told.graph
  if (told.rotate) {
    const store = new JWKStore()
    await store.generate('RS256')
    keys = store.toJSON.bind(store)
    server.issuer.keys.get = store.get.bind(store)
  }
  if (told.stop) await server.stop()
  console.log(JSON.stringify({ ok: true, ...seen }))
}
process.exit(0)
