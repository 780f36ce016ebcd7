import { onScopeDispose, ref, shallowRef } from 'vue'

/** A pointer that has moved less than this has only pressed. */
export const SLOP_PX = 6

/** What is being dragged, where the pointer is, and over which place. */
export interface Drag<What> {
  what: What
  x: number
  y: number
  /** The id of the place under the pointer: an element with `data-drop`. */
  over: string | undefined
}

/** Drags something onto a place, by pointer events: mouse, pen and touch alike. Escape puts it back. */
export function useDrag<What>(drop: (what: What, place: string) => void, under = placeUnder) {
  const drag = shallowRef<Drag<What>>()
  const pressed = ref<{ pointer: number; x: number; y: number }>()
  let what: What | undefined

  function press(event: PointerEvent, dragged: What): void {
    if (event.button !== 0 || pressed.value) return
    what = dragged
    pressed.value = { pointer: event.pointerId, x: event.clientX, y: event.clientY }
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', release)
    window.addEventListener('pointercancel', cancel)
    window.addEventListener('keydown', key, true)
  }
  function move(event: PointerEvent): void {
    const from = pressed.value
    if (!from || event.pointerId !== from.pointer || what === undefined) return
    if (!drag.value && Math.hypot(event.clientX - from.x, event.clientY - from.y) < SLOP_PX) return
    event.preventDefault()
    drag.value = { what, x: event.clientX, y: event.clientY, over: under(event.clientX, event.clientY) }
  }
  function release(event: PointerEvent): void {
    if (event.pointerId !== pressed.value?.pointer) return
    const { over } = drag.value ?? {}
    const dropped = what
    end()
    if (over !== undefined && dropped !== undefined) drop(dropped, over)
  }
  function cancel(event: PointerEvent): void {
    if (event.pointerId === pressed.value?.pointer) end()
  }
  function key(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !drag.value) return
    event.stopPropagation()
    end()
  }
  function end(): void {
    drag.value = undefined
    pressed.value = undefined
    what = undefined
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', release)
    window.removeEventListener('pointercancel', cancel)
    window.removeEventListener('keydown', key, true)
  }
  onScopeDispose(end)
  return { drag, press }
}

function placeUnder(x: number, y: number): string | undefined {
  return document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-drop]')?.dataset['drop']
}
