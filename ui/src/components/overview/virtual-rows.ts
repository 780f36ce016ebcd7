import { computed, ref, watch, type Ref } from 'vue'

/** Rows kept beyond each edge, so that a quick finger sees no hole. */
const BEYOND = 6

/** The rows `[first, end)` that are worth drawing. */
export function visibleRows(scrolled: number, height: number, rowHeight: number, rows: number): { first: number; end: number } {
  const first = Math.max(0, Math.min(Math.floor(scrolled / rowHeight) - BEYOND, rows))
  const end = Math.min(rows, Math.ceil((scrolled + height) / rowHeight) + BEYOND)
  return { first, end: Math.max(first, end) }
}

/** Draws only the rows of a scroller that can be seen. Rows have one height. */
export function useVirtualRows(scroller: Ref<HTMLElement | undefined>, rows: () => number, rowHeight: number) {
  const scrolled = ref(0)
  const height = ref(800)

  const look = () => {
    if (!scroller.value) return
    scrolled.value = scroller.value.scrollTop
    height.value = scroller.value.clientHeight || height.value
  }
  // The scroller may come and go: lists stand where an empty page or an error was.
  watch(
    scroller,
    (now, _, onCleanup) => {
      if (!now) return
      look()
      now.addEventListener('scroll', look, { passive: true })
      const sizes = typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver(look)
      sizes?.observe(now)
      onCleanup(() => {
        now.removeEventListener('scroll', look)
        sizes?.disconnect()
      })
    },
    { flush: 'post', immediate: true },
  )

  const shown = computed(() => visibleRows(scrolled.value, height.value, rowHeight, rows()))
  return {
    shown,
    total: computed(() => rows() * rowHeight),
    offset: computed(() => shown.value.first * rowHeight),
  }
}
