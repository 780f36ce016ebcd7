import { ApiError } from '../../src/api'
import type { Access, Door, Person, SignedIn, Way, WaysIn } from '../../src/api'

/** The door of the made-up station: `nora` and `studio-1` have the password `right`, and the emergency's is `glass`. */
export class FakeDoor implements Door {
  readonly providerAddress = '#/provider'
  offers: WaysIn = { station: 'Funkhaus', local: true, breakglass: true, provider: true }
  person: Person | undefined
  /** Signing in is refused for so many seconds. */
  waitS = 0
  down = false
  /** Seconds from now. */
  lasts = 43_200
  way: Way = 'local'
  private readonly leavers = new Set<() => void>()

  constructor(level?: Access) {
    if (level) this.person = FakeDoor.of(level)
  }

  static of(access: Access): Person {
    return {
      id: `user-${access}`, email: `${access}@funkhaus.example`, name: 'Nora Keller', is_admin: access === 'admin', access,
      studio_id: access === 'studio' ? 'studio-00000000' : null,
    }
  }

  ways = async () => {
    this.answer()
    return { ...this.offers }
  }
  me = async () => {
    this.answer()
    return this.signedIn()
  }
  async signIn(email: string, password: string) {
    this.try(password === 'right')
    this.person = FakeDoor.of(email.startsWith('studio') ? 'studio' : 'operator')
    return this.signedIn()
  }
  async breakglass(password: string) {
    this.try(password === 'glass')
    this.person = { ...FakeDoor.of('admin'), id: 'breakglass', email: 'admin@local', name: 'Breakglass Admin' }
    this.lasts = 1800
    this.way = 'breakglass'
    return this.signedIn()
  }
  async signOut() {
    this.endSession()
  }
  onSignedOut(take: () => void) {
    this.leavers.add(take)
    return () => void this.leavers.delete(take)
  }
  content = (fileId: string, as: 'sound' | 'download') => `/content/${fileId}${as === 'download' ? '?download=1' : ''}`

  /** The session ends, as if an administrator had ended it. */
  endSession(): void {
    this.person = undefined
    for (const take of this.leavers) take()
  }

  private answer(): void {
    if (this.down) throw new ApiError('unreachable', 'nothing answers', '')
  }
  private try(right: boolean): void {
    this.answer()
    if (this.waitS > 0) throw new ApiError('too_many', 'Too many tries.', 'fake', this.waitS)
    if (!right) throw new ApiError('unauthenticated', 'The user or the password is wrong.', 'fake')
  }
  private signedIn(): SignedIn {
    if (!this.person) throw new ApiError('unauthenticated', 'Not authenticated', 'fake')
    return { user: this.person, way: this.way, expires: new Date(Date.now() + this.lasts * 1000).toISOString() }
  }
}
