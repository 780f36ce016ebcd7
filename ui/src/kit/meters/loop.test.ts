import { expect, test, vi } from 'vitest'
import { FrameLoop } from './loop'

function pictures() {
  let next = 1
  const waiting = new Map<number, (now: number) => void>()
  const listeners: (() => void)[] = []
  return {
    hiddenNow: false,
    waiting,
    request(callback: (now: number) => void) {
      waiting.set(next, callback)
      return next++
    },
    cancel: (id: number) => void waiting.delete(id),
    hidden() {
      return this.hiddenNow
    },
    onVisibility: (callback: () => void) => void listeners.push(callback),
    hide(hidden: boolean) {
      this.hiddenNow = hidden
      listeners.forEach((listener) => listener())
    },
    draw(now: number) {
      const due = [...waiting.values()]
      waiting.clear()
      due.forEach((callback) => callback(now))
    },
  }
}

test('one request for a picture, however many members', () => {
  const page = pictures()
  const loop = new FrameLoop(page)
  const [a, b] = [{ frame: vi.fn() }, { frame: vi.fn() }]
  loop.add(a)
  loop.add(b)
  expect(page.waiting.size).toBe(1)
  page.draw(16)
  expect(a.frame).toHaveBeenCalledExactlyOnceWith(16)
  expect(b.frame).toHaveBeenCalledExactlyOnceWith(16)
  expect(page.waiting.size).toBe(1)
})

test('it ends with its last member and with a hidden page, and goes on after', () => {
  const page = pictures()
  const loop = new FrameLoop(page)
  const a = { frame: vi.fn() }
  loop.add(a)
  page.hide(true)
  expect(page.waiting.size).toBe(0)
  page.hide(false)
  expect(page.waiting.size).toBe(1)
  loop.remove(a)
  expect(page.waiting.size).toBe(0)
  expect(loop.running).toBe(false)
})
