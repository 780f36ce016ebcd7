// Pictures of pages over the fake service: `node tests/shots.mjs [hash path] [query]`, after `npm run dev:fake`.
// Writes tests/shots/<name>-<size>-<theme>.png, and tells what the page complained about.
import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'

const path = process.argv[2] ?? '/overview'
const query = process.argv[3] ?? ''
const base = process.env.AUDYN_FAKE ?? 'http://localhost:5174/'
const sizes = (process.env.AUDYN_SIZES ?? '1024x600 1280x800 1920x1080').split(' ').map((size) => size.split('x').map(Number))
const themes = (process.env.AUDYN_THEMES ?? 'dark light').split(' ')
const out = new URL('./shots/', import.meta.url).pathname
mkdirSync(out, { recursive: true })

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
for (const theme of themes) {
  for (const [width, height] of sizes) {
    const page = await browser.newPage({ viewport: { width, height } })
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && console.log(`${message.type()}: ${message.text()}`))
    page.on('pageerror', (error) => console.log(`error: ${error.stack}`))
    await page.goto(`${base}?theme=${theme}&${query}#${path}`)
    await page.waitForTimeout(2500)
    const name = `${path.replaceAll('/', '-').slice(1)}${query ? `-${query.replaceAll(/\W/g, '-')}` : ''}-${width}x${height}-${theme}.png`
    await page.screenshot({ path: out + name })
    console.log(out + name)
    await page.close()
  }
}
await browser.close()
