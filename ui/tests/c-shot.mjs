import { chromium } from 'playwright-core'
const base = 'http://localhost:5184/'
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
const jobs = JSON.parse(process.argv[2])
for (const [name, query, hash, clicks, sizes] of jobs) {
  for (const [w, h] of sizes ?? [[1280, 800], [1920, 1080], [390, 844]]) {
    const page = await browser.newPage({ viewport: { width: w, height: h } })
    page.on('pageerror', (e) => console.log(name, 'error', e.message))
    await page.goto(`${base}?${query}#${hash}`)
    await page.waitForTimeout(2500)
    for (const click of clicks) { await page.locator(click).first().click({ timeout: 8000 }).catch((e) => console.log(name, w, click, e.message.split('\n')[0])); await page.waitForTimeout(900) }
    await page.screenshot({ path: `/tmp/h/c-shot-${name}-${w}.png` })
    await page.close()
  }
}
await browser.close()
