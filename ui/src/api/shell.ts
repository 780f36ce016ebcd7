import type { Request } from './client'
import type { SignedIn, WaysIn } from './door'
import type { Unsubscribe } from './transport'

/** What the window's shell says about itself. */
export interface ShellInfo {
  /** It is a studio's screen. */
  kiosk: boolean
  /** The window has no way out until it is unlocked. */
  locked: boolean
  /** The studio that the command line named. */
  studio: string | null
  /** There is a tray that the window can go to. */
  tray: boolean
}

/** How many recorders are recording when somebody closes the window, and whether it can go to the tray. */
export interface CloseQuestion {
  recording: number
  tray: boolean
}

/** A code of the provider's, to be typed on another device. */
export interface SignInCode {
  code: string
  /** Where it is typed. */
  address: string
  /** The same address with the code in it; not every provider has one. */
  link: string | null
  /** Seconds until it is worth nothing. */
  lasts_s: number
}

export type CloseAnswer = 'tray' | 'quit' | 'cancel'

/** What only the shell of this window can do; refusals are as those of operations. A browser on the LAN has none. */
export interface Shell {
  info(): Promise<ShellInfo>
  onInfo(take: (info: ShellInfo) => void): Promise<Unsubscribe>
  /** Lets the window out of full screen. */
  unlock(): Promise<void>
  lock(): Promise<void>
  /** Shows a file in the file manager. */
  reveal(fileId: string): Promise<void>
  /** A folder of this machine, chosen by a person; none when the choice was given up. */
  pickFolder(start?: string): Promise<string | null>
  /** How somebody can sign in. */
  waysIn(): Promise<WaysIn>
  /** Who is signed in at this window; null: nobody, it is the machine's own. */
  person(): Promise<SignedIn | null>
  /** Somebody else sits before it now. */
  onPerson(take: () => void): Promise<Unsubscribe>
  beginSignIn(): Promise<SignInCode>
  /** Waits until the code was used. */
  finishSignIn(): Promise<SignedIn>
  cancelSignIn(): Promise<void>
  signOut(): Promise<void>
  /** Writes the audit log, as far as it is asked for, to a file that a person chose; none when the choice was given up. */
  exportAudit(query: Request<'export_audit'>, name: string): Promise<{ entries: number; path: string } | null>
  /** Writes the configuration to a file that a person chose, and says which; none when the choice was given up. */
  saveConfiguration(): Promise<string | null>
  onCloseRequested(take: (question: CloseQuestion) => void): Promise<Unsubscribe>
  answerClose(answer: CloseAnswer): Promise<void>
  /** Files are being finished, and the program ends then. */
  onLeaving(take: () => void): Promise<Unsubscribe>
}

let current: Shell | undefined

/** Says that this page is in a shell's window; `undefined` that it is not. */
export function inShell(shell: Shell | undefined): void {
  current = shell
}

export function shell(): Shell | undefined {
  return current
}
