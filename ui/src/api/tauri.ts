import { Channel, invoke } from '@tauri-apps/api/core'
import { listen } from '@tauri-apps/api/event'
import type { AppEvent } from './contract'
import { apiError } from './error'
import type { CloseQuestion, Shell, ShellInfo } from './shell'
import type { Transport } from './transport'

/** The shell sends only a few frames more than it is told were taken: a page that hangs is not buried under them. */
const TOLD_EVERY = 4

/**
 * Whether this page is the one in the program, in its own window. A window that shows another station's page has Tauri in
 * it too, but may ask it for nothing: the page there came over the network.
 */
export function inTauri(page: Pick<Location, 'protocol' | 'hostname'> = window.location): boolean {
  return '__TAURI_INTERNALS__' in window && (page.protocol === 'tauri:' || page.hostname === 'tauri.localhost' || import.meta.env.DEV)
}

/** The service in the same process, through the shell. The one file that knows Tauri. */
export function tauriTransport(): Transport {
  return {
    call: (operation, request) => invoke('call', { operation, request }),
    onEvent: (take) => listen<AppEvent>('audyn://event', (event) => take(event.payload)),
    async levels(take) {
      let open = true
      const channel = new Channel<string>()
      let untold = 0
      channel.onmessage = (frame) => {
        if (!open) return
        take(bytesOf(frame))
        untold += 1
        if (untold < TOLD_EVERY) return
        void invoke('levels_taken', { channel: channel.id, frames: untold })
        untold = 0
      }
      await invoke('levels', { channel })
      return () => {
        open = false
        void invoke('end_levels', { channel: channel.id })
      }
    },
  }
}

/** A frame comes as Base64: the shell says why. */
export function bytesOf(text: string): ArrayBuffer {
  const letters = atob(text)
  const bytes = new Uint8Array(letters.length)
  for (let i = 0; i < letters.length; i += 1) bytes[i] = letters.charCodeAt(i)
  return bytes.buffer
}

/** The window around this page. */
export function tauriShell(): Shell {
  const tell = async <Reply>(command: string, given: Record<string, unknown> = {}): Promise<Reply> => {
    try {
      return await invoke<Reply>(command, given)
    } catch (cause) {
      throw apiError(cause)
    }
  }
  return {
    info: () => tell('shell_info'),
    onInfo: (take) => listen<ShellInfo>('audyn://shell', (event) => take(event.payload)),
    unlock: () => tell('leave_kiosk'),
    lock: () => tell('enter_kiosk'),
    reveal: (fileId) => tell('reveal_file', { id: fileId }),
    pickFolder: (start) => tell('pick_folder', { start: start ?? null }),
    waysIn: () => tell('ways_in'),
    person: () => tell('person'),
    onPerson: (take) => listen('audyn://person', () => take()),
    beginSignIn: () => tell('begin_sign_in'),
    finishSignIn: () => tell('finish_sign_in'),
    cancelSignIn: () => tell('cancel_sign_in'),
    signOut: () => tell('sign_out'),
    exportAudit: (query, name) => tell('export_audit', { query, name }),
    saveConfiguration: () => tell('save_configuration'),
    onCloseRequested: (take) => listen<CloseQuestion>('audyn://close-requested', (event) => take(event.payload)),
    answerClose: (answer) => tell('answer_close', { answer }),
    onLeaving: (take) => listen('audyn://leaving', () => take()),
  }
}
