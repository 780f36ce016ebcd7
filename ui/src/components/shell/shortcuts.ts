import { onScopeDispose, ref, shallowReactive } from 'vue'
import { t } from '../../strings'

/** Keys as they are written: `g o`, `Ctrl+,`, `?`, `Escape`. */
export interface Shortcut {
  keys: string
  /** What it does, for the list. */
  label: string
  run: () => void
  /** Whether it does anything here and now; always, if not said. */
  there?: () => boolean
}

/** The list of them is shown. */
export const listOpen = ref(false)

export const shortcuts = shallowReactive(new Set<Shortcut>())

/** Adds shortcuts while the calling scope lives. They never start or stop a recording. */
export function useShortcuts(list: Shortcut[]): void {
  for (const one of list) shortcuts.add(one)
  onScopeDispose(() => {
    for (const one of list) shortcuts.delete(one)
  })
}

export interface Press {
  key: string
  ctrl: boolean
  shift: boolean
  alt: boolean
}

/** How long the second key of `g o` may take. */
export const SEQUENCE_MS = 1500

export interface Pending {
  keys: string
  at: number
}

/** What a key press means, after `pending` and with these shortcuts. */
export function resolve<T extends { keys: string }>(
  press: Press,
  pending: Pending | undefined,
  now: number,
  known: Iterable<T>,
): { run?: T; pending?: Pending } {
  const named = written(press)
  const before = pending && now - pending.at <= SEQUENCE_MS ? `${pending.keys} ` : ''
  const keys = before + named
  const all = [...known]
  const found = all.find((one) => one.keys === keys) ?? all.find((one) => one.keys === named)
  if (found) return { run: found }
  return all.some((one) => one.keys.startsWith(`${named} `)) ? { pending: { keys: named, at: now } } : {}
}

function written({ key, ctrl, shift, alt }: Press): string {
  const letter = /^[a-zA-Z]$/.test(key)
  return [ctrl && 'Ctrl', alt && 'Alt', shift && (letter || key.length > 1) && 'Shift', letter ? (ctrl ? key.toUpperCase() : key.toLowerCase()) : key]
    .filter(Boolean)
    .join('+')
}

/** Keys as they stand on a keyboard. */
export function keyWords(keys: string): string {
  if (keys === ' ') return t('app.keySpace')
  return keys
    .replace('ArrowLeft', t('app.keyLeft'))
    .replace('ArrowRight', t('app.keyRight'))
    .replace('Escape', t('app.keyEscape'))
}

/** Whether a key belongs to what has focus: a field, a select, something being edited, a dialog; a button has Space and Enter. */
export function takesKeys(target: EventTarget | null, key = ''): boolean {
  if (!(target instanceof HTMLElement)) return false
  // What lies over the page has the keyboard to itself.
  if (target.closest('[role="dialog"], [role="alertdialog"], .v-overlay__content')) return true
  if ([' ', 'Enter'].includes(key) && target.closest('button, a, summary, [role="button"], [role="menuitem"]')) return true
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}
