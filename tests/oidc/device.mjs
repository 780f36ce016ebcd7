// A real OpenID provider on the loopback interface that signs people in by a code on another device (RFC 8628), and that
// other device. A test drives both by lines of JSON on standard input and waits for the answer to each.
//
//   → {"claims": {...}}                      what the next ID tokens say of the person
//   → {"device": {"interval": 1}}            what the next codes are given with, beyond the usual
//   → {"answers": ["slow_down"]}             what the next questions about a code are answered with, one each; then the truth
//   → {"spoil": "audience"}                  what is wrong with the next ID tokens
//   → {"approve": "CODE"}, {"deny": "CODE"}  what the person at the other device does with a code
//   → {"stop": true}                         the provider is gone
//   ← {"ok": true, "codes": n, "polls": n, "asked": {…}}   what was asked of it so far
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose'
import Provider from 'oidc-provider'

// Standard output is for the test.
console.info = console.warn = () => undefined
const SECRET = 'the-secret'
let person = {}
let device = {}
let answers = []
let spoil = ''
const seen = { codes: 0, polls: 0, asked: {} }

const server = createServer()
await new Promise((listening) => server.listen(0, 'localhost', listening))
const issuer = `http://localhost:${server.address().port}`

const pair = async () => {
  const jwk = { ...(await exportJWK((await generateKeyPair('RS256', { extractable: true })).privateKey)), alg: 'RS256', use: 'sig' }
  return { ...jwk, kid: await calculateJwkThumbprint(jwk) }
}
const key = await pair()
const stranger = await pair()
const provider = new Provider(issuer, {
  jwks: { keys: [key] },
  clients: [{
    client_id: 'audyn', client_secret: SECRET, redirect_uris: [], response_types: [], token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
  }],
  claims: { openid: ['sub', 'oid', 'groups', 'roles', 'tid', 'upn', 'preferred_username'], email: ['email'], profile: ['name'] },
  conformIdTokenClaims: false,
  features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true } },
  cookies: { keys: ['of the tests'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...person }) }),
})

const past = () => Math.floor(Date.now() / 1000) - 3600
/** The token with something wrong about it, signed anew. */
async function spoilt(token) {
  const [header, payload] = token.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url')))
  const wrong = {
    nonce: { nonce: 'of another sign-in' },
    audience: { aud: 'another-application' },
    issuer: { iss: 'http://localhost:1' },
    party: { azp: 'another-application' },
    expired: { exp: past(), iat: past() - 60 },
    tenant: { tid: 'another' },
  }[spoil]
  if (spoil === 'unsigned') return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`
  if (spoil === 'secret') {
    const text = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${token.split('.')[1]}`
    return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`
  }
  const by = spoil === 'key' ? stranger : key
  return new SignJWT({ ...payload, ...wrong }).setProtectedHeader({ ...header, kid: key.kid }).sign(await importJWK(by, 'RS256'))
}

provider.use(async (ctx, next) => {
  const poll = ctx.path === '/token'
  if (poll) seen.polls += 1
  const answer = poll && answers.shift()
  if (answer) {
    ctx.status = 400
    ctx.body = answer === 'nonsense' ? '<html>' : { error: answer }
    return
  }
  await next()
  if (ctx.path === '/device/auth') {
    seen.codes += 1
    seen.asked = { ...ctx.oidc?.params, by: ctx.headers.authorization?.split(' ')[0] ?? null }
    if (ctx.status === 200) ctx.body = { ...ctx.body, ...device }
  }
  if (poll && ctx.body?.id_token && spoil === 'no-token') delete ctx.body.id_token
  else if (poll && ctx.body?.id_token && spoil) ctx.body = { ...ctx.body, id_token: await spoilt(ctx.body.id_token) }
})
server.on('request', provider.callback())

/** The other device: a browser with its own cookies, and somebody who fills in what the provider asks for. */
class Device {
  cookies = new Map()
  async go(url, form) {
    for (let at = new URL(url, issuer), body = form; ;) {
      const reply = await fetch(at, {
        redirect: 'manual', method: body ? 'POST' : 'GET', body: body && new URLSearchParams(body),
        headers: { cookie: [...this.cookies].map((pair) => pair.join('=')).join('; ') },
      })
      for (const cookie of reply.headers.getSetCookie()) {
        const [name, value] = cookie.split(';')[0].split(/=(.*)/s)
        if (value) this.cookies.set(name, value)
        else this.cookies.delete(name)
      }
      const onward = reply.headers.get('location')
      if (!onward) return { at, page: await reply.text() }
      at = new URL(onward, at)
      body = undefined
    }
  }
  /** Sends the form of a page. */
  send({ at, page }, given) {
    const action = /<form[^>]*action="([^"]*)"/.exec(page)?.[1] ?? at.href
    const hidden = Object.fromEntries([...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, n, v]) => [n, v]))
    return this.go(new URL(action.replaceAll('&amp;', '&'), at), { ...hidden, ...given })
  }
  async use(code, approve) {
    let shown = await this.send(await this.go('/device'), { user_code: code })
    if (!approve) return this.send(shown, { abort: 'yes' })
    shown = await this.send(shown, { confirm: 'yes' })
    shown = await this.send(shown, { login: 'ada', password: 'any' })
    return this.send(shown, {})
  }
}

console.log(JSON.stringify({ issuer }))
for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line)
  if (told.claims) person = told.claims
  if (told.device) device = told.device
  if (told.answers) answers = told.answers
  if ('spoil' in told) spoil = told.spoil
  let page
  if (told.approve ?? told.deny) page = (await new Device().use(told.approve ?? told.deny, 'approve' in told)).page
  if (told.stop) {
    server.closeAllConnections()
    server.close()
  }
  console.log(JSON.stringify({ ok: true, ...seen, page: page?.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ') }))
}
process.exit(0)
