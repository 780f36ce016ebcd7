import { effectScope } from 'vue'
import { expect, test, vi } from 'vitest'
import { useDrag } from './drag'

function made() {
  const drop = vi.fn()
  const scope = effectScope()
  const { drag, press } = scope.run(() => useDrag<string>(drop, (x) => (x > 100 ? 'slot' : undefined)))!
  const send = (type: string, x: number, pointerId = 7) => window.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: 0, pointerId }))
  const start = (x: number) => press(new PointerEvent('pointerdown', { clientX: x, clientY: 0, pointerId: 7, button: 0 }), 'recorder')
  return { drop, drag, send, start, scope }
}

test('what is let go over a place lands there', () => {
  const { drop, drag, send, start } = made()
  start(0)
  send('pointermove', 150)
  expect(drag.value).toMatchObject({ what: 'recorder', over: 'slot' })
  send('pointerup', 150)
  expect(drop.mock.calls).toEqual([['recorder', 'slot']])
  expect(drag.value).toBeUndefined()
})

test('a press that hardly moves drops nothing', () => {
  const { drop, drag, send, start } = made()
  start(148)
  send('pointermove', 150)
  expect(drag.value).toBeUndefined()
  send('pointerup', 150)
  expect(drop).not.toHaveBeenCalled()
})

test('let go beside every place, nothing happens', () => {
  const { drop, send, start } = made()
  start(0)
  send('pointermove', 50)
  send('pointerup', 50)
  expect(drop).not.toHaveBeenCalled()
})

test('Escape and a cancelled touch put it back', () => {
  const { drop, drag, send, start } = made()
  start(0)
  send('pointermove', 150)
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))
  expect(drag.value).toBeUndefined()
  send('pointerup', 150)
  start(0)
  send('pointermove', 150)
  send('pointercancel', 150)
  send('pointerup', 150)
  expect(drop).not.toHaveBeenCalled()
})

test('a second finger does not drop what the first one holds', () => {
  const { drop, send, start } = made()
  start(0)
  send('pointermove', 150)
  send('pointerup', 150, 8)
  expect(drop).not.toHaveBeenCalled()
})
