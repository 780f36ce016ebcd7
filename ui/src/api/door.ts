import type { Unsubscribe } from './transport'
import type { Me } from './contract'

/** Who is signed in, how they came in, and until when. */
export type SignedIn = Omit<Me, 'csrf'>

/** What is offered before anybody has signed in. It is asked at the door, not by an operation. */
export interface WaysIn {
  station: string
  /** Users that the station knows itself. */
  local: boolean
  /** The emergency password. */
  breakglass: boolean
  /** Sign-in at the organisation's provider. */
  provider: boolean
}

/** The door of a station on the network: sessions, and files by their address. The window on the station has none. */
export interface Door {
  ways(): Promise<WaysIn>
  /** Who this browser is signed in as; rejects with `unauthenticated` when nobody is. A session that slides is prolonged. */
  me(): Promise<SignedIn>
  signIn(email: string, password: string): Promise<SignedIn>
  breakglass(password: string): Promise<SignedIn>
  /** Where the provider's sign-in begins. */
  readonly providerAddress: string
  signOut(): Promise<void>
  /** The service has answered that nobody is signed in. */
  onSignedOut(take: () => void): Unsubscribe
  /** Where a file's bytes are. */
  content(fileId: string, as: 'sound' | 'download'): string
}

let current: Door | undefined

/** Says that this page came through a station's door; `undefined` that it did not. */
export function throughDoor(door: Door | undefined): void {
  current = door
}

export function door(): Door | undefined {
  return current
}
