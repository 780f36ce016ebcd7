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
