/** Where an arrow key leads among boxes in rows: to the nearest one that way, by their middles. */
export function neighbour(boxes: readonly { x: number; y: number }[], from: number, key: string): number | undefined {
  const at = boxes[from]
  if (!at) return undefined
  if (key === 'ArrowRight') return from + 1 < boxes.length ? from + 1 : undefined
  if (key === 'ArrowLeft') return from > 0 ? from - 1 : undefined
  const way = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0
  let best: number | undefined
  let least = Infinity
  boxes.forEach((box, i) => {
    const down = (box.y - at.y) * way
    if (way === 0 || down < 8) return
    const far = down * 4 + Math.abs(box.x - at.x)
    if (far < least) [best, least] = [i, far]
  })
  return best
}

/** Moves the focus among the cells of a grid: elements marked `data-cell`. */
export function moveOverCells(event: KeyboardEvent): void {
  const grid = event.currentTarget as HTMLElement
  const cells = [...grid.querySelectorAll<HTMLElement>('[data-cell]')]
  const from = cells.indexOf(event.target as HTMLElement)
  if (from < 0 || !event.key.startsWith('Arrow') || event.ctrlKey || event.altKey || event.metaKey) return
  const boxes = cells.map((cell) => {
    const box = (cell.closest('article, [role=row]') ?? cell).getBoundingClientRect()
    return { x: box.left + box.width / 2, y: box.top + box.height / 2 }
  })
  const to = neighbour(boxes, from, event.key)
  if (to === undefined) return
  event.preventDefault()
  cells[to]?.focus()
  cells[to]?.scrollIntoView?.({ block: 'nearest' })
}
