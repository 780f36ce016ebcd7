import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { access, ApiError, door, session, shell, useEvent, type Access, type Operations, type Person, type SignedIn, type SignInCode, type Way } from '../api'
import { problemOf, type Problem } from './problem'

const LEVELS: readonly Access[] = ['viewer', 'studio', 'operator', 'admin']
/** So often a session is asked about, and one that slides is prolonged. */
const ASK_MS = 120_000

/**
 * Who sits at this screen and what they may do: `can` is the one place that says so to the pages. In the window on the
 * station that is whoever stands before the machine, and everything, unless somebody signed in there to be themselves; in a
 * browser whoever has signed in.
 */
export const useMeStore = defineStore('me', () => {
  const own = door()
  /** The window, where there is no door to stand at. */
  const around = own ? undefined : shell()
  const person = shallowRef<Person>()
  /** Whether somebody is in; not known until it was asked. */
  const phase = ref<'asking' | 'in' | 'out'>(own || around ? 'asking' : 'in')
  /** When the session ends, in ms since 1970 on the station's clock. */
  const expires = ref<number>()
  /** Somebody was in and is not any more: the session ended by itself. */
  const ended = ref(false)
  /** Why it could not be asked. */
  const problem = ref<Problem>()

  /** The provider signs people in at this window. */
  const provider = ref(false)

  const level = computed<Access | undefined>(() => person.value?.access ?? (own ? undefined : 'admin'))
  const way = ref<Way>()

  function come(answer: SignedIn): void {
    const before = person.value
    // What the pages hold was read for somebody else.
    if (before && before.id !== answer.user.id) return window.location.reload()
    take(answer)
    problem.value = undefined
    ended.value = false
    if (phase.value === 'in') return
    const again = before !== undefined
    phase.value = 'in'
    void session().open().catch(() => undefined)
    if (again) session().resync()
  }

  function take(answer: SignedIn): void {
    person.value = answer.user
    way.value = answer.way
    expires.value = answer.expires === null ? undefined : Date.parse(answer.expires)
  }
  /** Who sits before this window. What cannot be told is nobody: the window says when it is somebody else. */
  async function askWindow(at: NonNullable<typeof around>): Promise<void> {
    const answer = await at.person().catch(() => null)
    if (answer) take(answer)
    phase.value = 'in'
  }
  async function askWays(at: NonNullable<typeof around>): Promise<void> {
    provider.value = await at.waysIn().then((ways) => ways.provider, () => false)
  }
  if (around) {
    // What the pages hold was read for somebody else.
    void around.onPerson(() => window.location.reload())
    void askWays(around)
    useEvent('access', () => void askWays(around))
    useEvent('resync', () => void askWays(around))
  }

  const ends = [
    own?.onSignedOut(() => {
      // Told once for every request that was on its way.
      ended.value ||= phase.value === 'in'
      phase.value = 'out'
    }),
  ]
  let asking: ReturnType<typeof setInterval> | undefined
  onScopeDispose(() => {
    clearInterval(asking)
    ends.forEach((end) => end?.())
  })

  /** Asks who is in. */
  async function ask(): Promise<void> {
    if (around) {
      await askWindow(around)
      asking ??= setInterval(() => void (person.value && askWindow(around)), ASK_MS)
    }
    if (!own) return
    try {
      come(await own.me())
    } catch (cause) {
      if (cause instanceof ApiError && cause.code === 'unauthenticated') {
        if (phase.value === 'asking') phase.value = 'out'
      } else {
        problem.value = problemOf(cause)
        if (phase.value === 'asking') phase.value = 'out'
      }
    }
    asking ??= setInterval(() => void (phase.value === 'in' && ask()), ASK_MS)
  }
  let first: Promise<void> | undefined

  return {
    /** There is a door, and who is in can go out. */
    remote: own !== undefined,
    /** Somebody is signed in, or could be: there is something to say about who it is. */
    account: computed(() => own !== undefined || provider.value || person.value !== undefined),
    providerAddress: own?.providerAddress ?? '',
    person,
    phase,
    expires,
    ended,
    problem,
    level,
    breakglass: computed(() => way.value === 'breakglass'),
    /** They came in by a password that Audyn keeps, which they may change. */
    ownPassword: computed(() => way.value === 'local'),
    can(operation: keyof Operations): boolean {
      return level.value !== undefined && LEVELS.indexOf(level.value) >= LEVELS.indexOf(access[operation])
    },
    /** Asks once. */
    load: (): Promise<void> => (phase.value === 'asking' ? (first ??= ask().finally(() => (first = undefined))) : Promise.resolve()),
    ask,
    ways: () => own!.ways(),
    signIn: async (email: string, password: string): Promise<void> => come(await own!.signIn(email, password)),
    useBreakglass: async (password: string): Promise<void> => come(await own!.breakglass(password)),
    changePassword: (current: string, next: string) => session().client.call('change_own_password', { current, new: next }, 30_000),
    /** A code to be used on another device, for whoever signs in at this window. */
    beginSignIn: (): Promise<SignInCode> => around!.beginSignIn(),
    /** Waits until it was used; the page is loaded again for them then. */
    finishSignIn: (): Promise<SignedIn> => around!.finishSignIn(),
    cancelSignIn: async (): Promise<void> => around?.cancelSignIn(),
    /** Goes out; nothing of what was read stays in the page. */
    async signOut(): Promise<void> {
      await (own ?? around)?.signOut()
      window.location.reload()
    },
  }
})
