import { reactive } from 'vue'

/** What assistive technology reads out. Errors interrupt, at most one in 5 s; further ones become a number. */
export const announced = reactive({ polite: '', assertive: '' })

const QUIET_MS = 5000
let quietUntil = -Infinity
let held = 0

export function announce(text: string): void {
  announced.polite = text
}

/** `more` words the number of errors that were held back: "and 3 more". */
export function announceError(text: string, now: number, more: (count: number) => string): void {
  if (now < quietUntil) {
    held += 1
    return
  }
  announced.assertive = held > 0 ? `${text} ${more(held)}` : text
  held = 0
  quietUntil = now + QUIET_MS
}
