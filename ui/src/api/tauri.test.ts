import { afterEach, expect, test, vi } from 'vitest'
import { bytesOf, inTauri } from './tauri'

afterEach(() => {
  vi.unstubAllEnvs()
  Reflect.deleteProperty(window, '__TAURI_INTERNALS__')
})

test('a frame of levels is what the shell has written', () => {
  expect([...new Float32Array(bytesOf('AACAPwAAkME='))]).toEqual([1, -18])
  expect(bytesOf('').byteLength).toBe(0)
})

test.each([
  ['the program’s own page', 'tauri:', 'localhost', true, true],
  ['the same where schemes are hosts', 'http:', 'tauri.localhost', true, true],
  ['another station’s page in a window of this machine', 'https:', 'audyn.radio.example', true, false],
  ['a station of this machine in such a window', 'http:', '127.0.0.1', true, false],
  ['a browser', 'https:', 'audyn.radio.example', false, false],
])('%s', (_, protocol, hostname, tauri, own) => {
  vi.stubEnv('DEV', false)
  if (tauri) Object.assign(window, { __TAURI_INTERNALS__: {} })
  expect(inTauri({ protocol, hostname })).toBe(own)
})
