import { defineStore } from 'pinia'
import { reactive, shallowRef } from 'vue'
import { session, useEvent, type Reply, type Request } from '../api'
import { useLoading } from './loading'

/** So much of the audit log is taken at once for a file. */
const PART = 10_000

/** Who may come in, who is in, and by what door; read when looked at, and again when the service says it has changed. */
export const useAccessStore = defineStore('access', () => {
  const { client } = session()

  function facts<Fact>(read: () => Promise<Fact>) {
    const value = shallowRef<Fact>()
    const loading = useLoading(async () => {
      value.value = await read()
    })
    useEvent('access', () => {
      if (loading.phase.value !== 'idle') void loading.reload()
    })
    return reactive({ ...loading, value })
  }

  const users = facts(async () => (await client.call('list_users', {})).users)
  const sessions = facts(async () => (await client.call('list_sessions', {})).sessions)
  const tokens = facts(async () => (await client.call('list_tokens', {})).tokens)
  const settings = facts(() => client.call('access_settings', {}))
  const listener = facts(() => client.call('listener', {}))

  /** Does it, and shows what became of it, whether or not the event was heard. */
  async function then<Done>(fact: { reload(): Promise<void> }, act: Promise<Done>): Promise<Done> {
    const done = await act
    await fact.reload()
    return done
  }

  return {
    users,
    sessions,
    tokens,
    settings,
    listener,
    // A password takes its time on purpose.
    createUser: (request: Request<'create_user'>) => then(users, client.call('create_user', request, 30_000)),
    changeUser: (request: Request<'change_user'>) => then(users, client.call('change_user', request)),
    removeUser: (id: string) => then(users, client.call('delete_user', { id })),
    setPassword: (id: string, password: string) => then(users, client.call('set_password', { id, password }, 30_000)),
    endSession: (id: string) => then(sessions, client.call('end_session', { id })),
    createToken: (request: Request<'create_token'>) => then(tokens, client.call('create_token', request)),
    revokeToken: (id: string) => then(tokens, client.call('revoke_token', { id })),
    audit: (request: Request<'audit_log'>): Promise<Reply<'audit_log'>> => client.call('audit_log', request, 30_000),
    /** The whole log that answers, part by part. */
    async exportAudit(request: Request<'export_audit'>): Promise<{ lines: string[]; entries: number }> {
      const lines: string[] = []
      let entries = 0
      let before: number | null = null
      do {
        const part: Reply<'export_audit'> = await client.call('export_audit', { ...request, before, limit: PART }, 60_000)
        lines.push(part.lines)
        entries += part.entries
        before = part.next
      } while (before !== null)
      return { lines, entries }
    },
    change: (request: Request<'change_access_settings'>) => then(settings, client.call('change_access_settings', request)),
    setBreakglass: (request: Request<'set_breakglass'>) => then(settings, client.call('set_breakglass', request, 30_000)),
  }
})
