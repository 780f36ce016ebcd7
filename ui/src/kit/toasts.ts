import { reactive } from 'vue'

export interface Toast {
  id: number
  text: string
}

const TOAST_MS = 5000
export const toasts = reactive<Toast[]>([])
let next = 1

/** Confirms something that was done, for 5 s. What needs an action is never a toast. */
export function toast(text: string): void {
  const id = next++
  toasts.push({ id, text })
  setTimeout(() => dismiss(id), TOAST_MS)
}

export function dismiss(id: number): void {
  const at = toasts.findIndex((one) => one.id === id)
  if (at >= 0) toasts.splice(at, 1)
}
