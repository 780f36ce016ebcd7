import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

/** The size of an element, followed. Before it is known it is that of the window. */
export function useSize(element: Ref<HTMLElement | undefined>) {
  const width = ref(window.innerWidth)
  const height = ref(window.innerHeight)
  let sizes: ResizeObserver | undefined
  onMounted(() => {
    if (!element.value || typeof ResizeObserver === 'undefined') return
    sizes = new ResizeObserver(([entry]) => {
      if (!entry || entry.contentRect.height === 0) return
      width.value = entry.contentRect.width
      height.value = entry.contentRect.height
    })
    sizes.observe(element.value)
  })
  onBeforeUnmount(() => sizes?.disconnect())
  return { width, height }
}
