import { expect, test } from 'vitest'
import { roomOf } from './scale'

test.each([
  ['the picture', 1280, 800, false, { unit: 1, recordings: 3, health: true, bar: false }],
  ['the picture with a message', 1280, 800, true, { unit: 1, recordings: 2, health: true, bar: false }],
  ['the small screen', 1024, 600, false, { unit: 0.75, recordings: 3, health: true, bar: false }],
  ['a desktop', 1920, 1080, false, { unit: 1.35, recordings: 3, health: true, bar: false }],
  ['text at 200 %: recordings go first', 640, 540, false, { unit: 0.72, recordings: 0, health: true, bar: true }],
  ['and then health', 640, 400, false, { unit: 0.72, recordings: 0, health: false, bar: true }],
] as const)('%s', (_, width, height, told, room) => expect(roomOf(width, height, told)).toEqual(room))
