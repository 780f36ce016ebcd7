import type { AccessSettings, ApiError, AuditEntry, ListenerStatus, Operations, Session, Token, User } from '../../src/api/contract'

type Answers = { [K in keyof Operations]: (request: Operations[K]['request']) => Operations[K]['reply'] }
export type AccessOperation =
  | 'me' | 'change_own_password' | 'list_users' | 'create_user' | 'change_user' | 'delete_user' | 'set_password' | 'list_sessions'
  | 'end_session' | 'list_tokens' | 'create_token' | 'revoke_token' | 'audit_log' | 'export_audit' | 'access_settings'
  | 'change_access_settings' | 'set_breakglass' | 'listener'

/** Who may come into the made-up station, and who is in. */
export class FakeAccess {
  users: User[]
  sessions: Session[]
  tokens: Token[]
  audit: AuditEntry[]
  settings: AccessSettings = {
    listener: { on: true, interface: null, port: 8000, tls: { kind: 'self_signed' }, hosts: ['audyn.funkhaus.example'] },
    sessions: { idle_hours: 12, days: 7 },
    breakglass: { on: true, has_password: true, minutes: 30 },
    entra: {
      on: false, tenant: '', client_id: '', has_secret: false, redirect: null, issuer: null, graph: null, admins: [], operators: [], studios: [],
      viewers: [], others: null,
    },
  }
  listener: ListenerStatus

  constructor(now: number) {
    const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString()
    const user = (i: number, name: string, change: Partial<User> = {}): User => ({
      id: `user-${i}`, email: `${name.split(' ')[0]!.toLowerCase()}@funkhaus.example`, name, is_admin: false, access: 'operator', studio_id: null,
      source: 'local', enabled: true, has_password: true, seen: ago(i * 90), ...change,
    })
    this.users = [
      user(1, 'Nora Keller', { access: 'admin', is_admin: true }),
      user(2, 'Studio 1', { access: 'studio', studio_id: 'studio-00000000', email: 'studio-1' }),
      user(3, 'Maximiliane Freifrau von Oberhausen-Untermeier', { source: 'provider', has_password: false, access: 'viewer' }),
      user(4, 'Jan Meier', { enabled: false, seen: null }),
    ]
    const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36'
    const person = ({ id, email, name, is_admin, access, studio_id }: User) => ({ id, email, name, is_admin, access, studio_id })
    const session = (i: number, of: User, change: Partial<Session> = {}): Session => ({
      id: `session-${i}`, user: person(of), way: 'local', since: ago(i * 200), seen: ago(i), expires: ago(-700), address: `10.20.4.${i}`, agent: chrome,
      own: false, ...change,
    })
    this.sessions = [
      session(1, this.users[0]!, { own: true }),
      session(2, this.users[2]!, { way: 'provider', agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Safari/604.1' }),
      session(3, { ...this.users[0]!, id: 'breakglass', name: 'Breakglass Admin' }, { way: 'breakglass', address: 'fe80::1c2d:3eff:fe4f:5a6b' }),
    ]
    this.tokens = [
      { id: 'token-1', name: 'Playout', access: 'operator', studio_id: null, created: ago(40_000), created_by: 'Nora Keller', expires: ago(-400_000), seen: ago(2), address: '10.20.4.60' },
      { id: 'token-2', name: 'Prometheus', access: 'viewer', studio_id: null, created: ago(90_000), created_by: 'Nora Keller', expires: null, seen: null, address: null },
    ]
    const wrote: [who: string, id: string, kind: string, result: AuditEntry['result'], subject: string, message: string][] = [
      ['Nora Keller', 'user-1', 'create_token', 'done', 'Playout', 'Token Playout was made'],
      ['Breakglass Admin', 'breakglass', 'sign_in', 'done', '', 'Emergency access was used'],
      ['nora', '', 'sign_in', 'refused', 'nora', 'The user or the password was wrong'],
      ['Studio 1', 'user-2', 'start_recorder', 'done', '1', 'start_recorder'],
      ['Local', 'local', 'change_settings', 'done', '', 'change_settings'],
    ]
    this.audit = Array.from({ length: 250 }, (_, i): AuditEntry => {
      const [who, who_id, kind, result, subject, message] = wrote[i % wrote.length]!
      return { id: 1000 - i, at: ago(i * 7), who, who_id, address: who === 'Local' ? null : `10.20.4.${i % 60}`, kind, result, subject, message }
    })
    this.listener = {
      open: true, addresses: ['https://audyn.funkhaus.example:8000', 'https://10.20.4.8:8000'],
      fingerprint: '4F:1C:9A:20:77:E3:0B:D2:6E:51:8C:AA:19:F0:3D:62:B7:84:2E:CF:95:10:6B:DA:38:E7:41:9D:5C:02:FB:70', self_signed: true,
      certificate_from: ago(1000), certificate_until: ago(-390 * 1440), connections: 7, refused: 0, problem: null,
    }
  }

  /** What is answered; `changed` tells the pages that something is different. */
  answers(changed: () => void): Pick<Answers, AccessOperation> {
    const missing = (what: string): ApiError => ({ code: 'not_found', message: `There is no such ${what}.`, request_id: 'fake' })
    const user = (id: string): User => {
      const found = this.users.find((one) => one.id === id)
      if (!found) throw missing('user')
      return found
    }
    const last = (one: User) => one.access === 'admin' && this.users.filter(({ access, enabled }) => access === 'admin' && enabled).length === 1
    const keep = (): ApiError => ({ code: 'conflict', message: 'This is the last administrator. Make another one first.', request_id: 'fake' })
    const then = <T>(reply: T): T => {
      changed()
      return reply
    }
    return {
      me: () => ({ user: { id: 'local', email: '', name: 'This machine', is_admin: true, access: 'admin', studio_id: null }, csrf: null, expires: null, way: 'here' }),
      change_own_password: ({ current }) => {
        if (current !== 'right') throw { code: 'invalid', message: 'The password until now is another one.', request_id: 'fake' } satisfies ApiError
        return {}
      },
      list_users: () => ({ users: this.users }),
      create_user: ({ email, name, access, studio_id }) => {
        const made: User = {
          id: `user-${this.users.length + 1}`, email, name: name ?? email, is_admin: access === 'admin', access, studio_id: studio_id ?? null, source: 'local',
          enabled: true, has_password: true, seen: null,
        }
        this.users = [...this.users, made]
        return then(made)
      },
      change_user: ({ id, access, enabled, name, email, studio_id }) => {
        const one = user(id)
        if (last(one) && ((access && access !== 'admin') || enabled === false)) throw keep()
        Object.assign(one, { access: access ?? one.access, enabled: enabled ?? one.enabled, name: name ?? one.name, email: email ?? one.email, studio_id: studio_id || null })
        return then(one)
      },
      delete_user: ({ id }) => {
        if (last(user(id))) throw keep()
        this.users = this.users.filter((one) => one.id !== id)
        return then({})
      },
      set_password: ({ id }) => then(user(id) && {}),
      list_sessions: () => ({ sessions: this.sessions }),
      end_session: ({ id }) => {
        this.sessions = this.sessions.filter((one) => one.id !== id)
        return then({})
      },
      list_tokens: () => ({ tokens: this.tokens }),
      create_token: ({ name, access, studio_id, days }) => {
        const token: Token = {
          id: `token-${this.tokens.length + 1}`, name, access, studio_id: studio_id ?? null, created: new Date().toISOString(), created_by: 'Nora Keller',
          expires: days ? new Date(Date.now() + days * 86_400_000).toISOString() : null, seen: null, address: null,
        }
        this.tokens = [...this.tokens, token]
        return then({ token, secret: 'audyn_Zk9xZXhhbXBsZS1vbmx5LW5vdC1hLXNlY3JldA' })
      },
      revoke_token: ({ id }) => {
        this.tokens = this.tokens.filter((one) => one.id !== id)
        return then({})
      },
      audit_log: ({ search, result, before, limit }) => {
        const found = this.audit.filter(
          (one) => (!before || one.id < before) && (!result || one.result === result) && (!search || `${one.who} ${one.message} ${one.address}`.toLowerCase().includes(search.toLowerCase())),
        )
        return { entries: found.slice(0, limit ?? 200), more: found.length > (limit ?? 200) }
      },
      export_audit: () => ({ lines: this.audit.map((one) => JSON.stringify(one)).join('\n'), entries: this.audit.length, next: null }),
      access_settings: () => this.settings,
      change_access_settings: ({ listener, sessions, entra, entra_secret }) => {
        if (listener) {
          this.settings.listener = listener
          this.listener = { ...this.listener, open: listener.on, addresses: listener.on ? this.listener.addresses : [] }
        }
        if (sessions) this.settings.sessions = sessions
        if (entra) this.settings.entra = { ...entra, has_secret: this.settings.entra.has_secret || Boolean(entra_secret) }
        return then(this.settings)
      },
      set_breakglass: ({ on, password, minutes }) => {
        const { breakglass } = this.settings
        this.settings.breakglass = { on: on ?? breakglass.on, has_password: breakglass.has_password || Boolean(password), minutes: minutes ?? breakglass.minutes }
        return then(this.settings)
      },
      listener: () => this.listener,
    }
  }
}
