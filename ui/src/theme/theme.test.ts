// @vitest-environment node
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { adoptedHead } from './adopted-head'
import { themes } from './themes'

const css = readFileSync(fileURLToPath(new URL('./tokens.css', import.meta.url)), 'utf8')
const block = (selector: string) => css.split(`${selector} {`)[1]!.split('}')[0]!
const DARK = block('.v-theme--dark')
const LIGHT = block('.v-theme--light')
const METER = css.split(':root {')[1]!

function token(block: string, name: string): string {
  const found = new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(block) ?? new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(METER)
  if (!found) throw new Error(`no token --${name}`)
  return found[1]!
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

const GROUNDS = ['bg', 's1', 's2', 's3']
test.each([
  ...['t1', 't2', 't3', 'accent', 'rec', 'warn', 'fault', 'ok', 'idle', 'mark'].map((name) => [name, 4.5, GROUNDS] as const),
  ['line2', 3, GROUNDS] as const,
  ['on-accent', 4.5, ['accent']] as const,
  ['accent', 4.5, ['accent-bg']] as const,
  ['on-rec', 4.5, ['rec-fill']] as const,
  ['on-warn', 4.5, ['warn-fill']] as const,
  ['on-fault', 4.5, ['fault-fill']] as const,
  ['t1', 4.5, ['warn-bg', 'fault-bg']] as const,
  ['t2', 4.5, ['warn-bg', 'fault-bg']] as const,
  ['zone-green', 3, ['well']] as const,
  ['zone-yellow', 3, ['well']] as const,
  ['zone-orange', 3, ['well']] as const,
  ['zone-red', 3, ['well']] as const,
])('%s reaches a contrast of %d in both themes', (name, least, grounds) => {
  for (const theme of [DARK, LIGHT]) {
    for (const ground of grounds) expect(contrast(token(theme, name), token(theme, ground)), `on ${ground}`).toBeGreaterThanOrEqual(least)
  }
})

test.each([
  ['background', 'bg'], ['surface', 's1'], ['surface-light', 's2'], ['surface-bright', 's3'], ['on-surface', 't1'], ['primary', 'accent'],
  ['on-primary', 'on-accent'], ['error', 'fault'], ['warning', 'warn'], ['success', 'ok'], ['info', 'accent'], ['rec', 'rec'],
  ['mark', 'mark'], ['idle', 'idle'], ['well', 'well'],
])('Vuetify\'s %s is the token %s', (name, of) => {
  expect(themes.dark.colors[name]?.toLowerCase()).toBe(token(DARK, of))
  expect(themes.light.colors[name]?.toLowerCase()).toBe(token(LIGHT, of))
})

test('theme rules are adopted, and written anew into the same sheet', () => {
  const written: string[] = []
  vi.stubGlobal('CSSStyleSheet', class {
    replaceSync(text: string) {
      written.push(text)
    }
  })
  const target = { adoptedStyleSheets: [] as unknown[] } as unknown as Document
  const entry = adoptedHead(target).push(() => ({ style: [{ textContent: 'dark' }] }))
  entry.patch(() => ({ style: [{ textContent: 'light' }] }))
  expect([written, target.adoptedStyleSheets.length]).toEqual([['dark', 'light'], 1])
})
