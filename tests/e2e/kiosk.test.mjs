// A studio's screen offers no way out: real keys and buttons, on a real display.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { until } from './lib/driver.mjs'
import { Rig } from './lib/rig.mjs'

/** Keys that lead somewhere in a browser or on a desktop. */
const KEYS = [
  'F5', 'ctrl+r', 'ctrl+shift+r', 'ctrl+w', 'ctrl+q', 'ctrl+t', 'ctrl+n', 'ctrl+p', 'ctrl+s', 'ctrl+o', 'ctrl+u', 'ctrl+l',
  'ctrl+plus', 'ctrl+minus', 'ctrl+0', 'ctrl+shift+i', 'F12', 'F11', 'F7', 'F1', 'alt+Left', 'alt+Right', 'alt+Home', 'alt+F4',
  'alt+space', 'Menu', 'shift+F10', 'Super_L', 'XF86Back', 'XF86Reload', 'XF86HomePage', 'ctrl+comma', 'g s', 'Escape',
]

for (const [width, height] of [[1280, 800], [1024, 600]]) {
  test(`a studio’s screen of ${width} × ${height} has no way out`, { timeout: 240_000 }, async (t) => {
    // The window manager is an ordinary one, with its keys: the window has to hold by itself where it can.
    const rig = await Rig.make(t, { width, height })
    const page = await rig.open('window', '--kiosk')
    const window = await rig.window()
    await page.click('main button', /Studio 1/)
    await until('the studio is shown', () => page.has('button', /^Record/), 60)

    await t.test('it fills the screen, without a frame', async () => {
      await until('it is as large as the screen', async () =>
        (await rig.xdotool('getwindowgeometry', window)).includes(`${width}x${height}`))
      assert.deepEqual(await page.run(() => [window.innerWidth, window.innerHeight]), [width, height])
    })

    await t.test('no key and no button leads anywhere', async () => {
      await page.run(() => { window.stillHere = true })
      const place = await page.run(() => [window.location.href, window.devicePixelRatio])
      for (const keys of KEYS) await rig.xdotool('key', '--clearmodifiers', ...keys.split(' '))
      for (const button of ['3', '8', '9']) await rig.xdotool('mousemove', String(width / 2), String(height / 2), 'click', button)
      await pause(1000)
      assert.equal(await page.run(() => window.stillHere), true, 'the page was not loaded again')
      assert.deepEqual(await page.run(() => [window.location.href, window.devicePixelRatio]), place)
      assert.equal(await rig.xdotool('getactivewindow'), window, 'it is still in front')
      assert.ok((await rig.xdotool('getwindowgeometry', window)).includes(`${width}x${height}`))
      const shown = (await rig.xdotool('search', '--onlyvisible', '--name', '.*')).split('\n')
      const names = await Promise.all(shown.map((id) => rig.xdotool('getwindowname', id).catch(() => '')))
      assert.deepEqual(names.filter((name) => name && !/^(audyn|openbox)$/i.test(name)), [], 'no menu, no dialog')
    })

    await t.test('the page cannot leave, open or download anything', async () => {
      const before = await page.run(() => window.location.href)
      await page.run(() => { window.location.href = 'https://example.org/' })
      await page.run(() => { window.location.href = 'file:///etc/passwd' })
      assert.equal(await page.run(() => window.open('https://example.org/') === null), true)
      await page.run(() => {
        const link = document.createElement('a')
        link.href = 'data:text/plain,x'
        link.download = 'x.txt'
        document.body.append(link)
        link.click()
        link.remove()
      })
      await page.run(() => window.print())
      await pause(500)
      assert.equal(await page.run(() => window.location.href), before)
      assert.equal(await page.run(() => window.stillHere), true)
    })

    await t.test('the shell offers nothing either while it is locked', async () => {
      for (const [command, given] of [['pick_folder', {}], ['reveal_file', { id: 'x' }], ['quit', {}]]) {
        await assert.rejects(page.shell(command, given), /screen is locked/, command)
      }
      for (const command of ['plugin:window|close', 'plugin:webview|create_webview_window', 'plugin:app|version', 'plugin:event|emit']) {
        await assert.rejects(page.shell(command), /not allowed/, command)
      }
    })

    await t.test('unlocked it has a frame, locked again it has none', async () => {
      await page.shell('leave_kiosk')
      await until('it says so', async () => (await page.shell('shell_info')).locked === false)
      await page.shell('enter_kiosk')
      await until('it fills the screen again', async () =>
        (await rig.xdotool('getwindowgeometry', window)).includes(`${width}x${height}`))
      assert.equal((await page.shell('shell_info')).locked, true)
    })
  })
}

test('nothing inline and nothing foreign runs on the page', { timeout: 120_000 }, async (t) => {
  const rig = await Rig.make(t)
  const page = await rig.open()
  const refused = await page.runAsync(async () => {
    const heard = []
    document.addEventListener('securitypolicyviolation', (event) => heard.push(event.effectiveDirective))
    const script = document.createElement('script')
    script.textContent = 'window.inline = true'
    document.body.append(script)
    const image = new Image()
    image.src = 'https://example.org/x.png'
    document.body.append(image)
    const style = document.createElement('style')
    style.textContent = 'body { opacity: 0.5 }'
    document.body.append(style)
    const frame = document.createElement('iframe')
    frame.src = 'https://example.org/'
    document.body.append(frame)
    await fetch('https://example.org/').catch(() => undefined)
    try { eval('window.evaluated = true') } catch { /* as it should be */ }
    await new Promise((done) => setTimeout(done, 500))
    return { heard: [...new Set(heard)].sort(), inline: window.inline ?? false, evaluated: window.evaluated ?? false, opacity: getComputedStyle(document.body).opacity }
  })
  assert.deepEqual([refused.inline, refused.evaluated, refused.opacity], [false, false, '1'])
  for (const directive of ['connect-src', 'frame-src', 'img-src', 'style-src-elem']) {
    assert.ok(refused.heard.includes(directive), `${directive} is not among ${refused.heard}`)
  }
})

test('the page itself breaks none of its own rules', { timeout: 180_000 }, async (t) => {
  const rig = await Rig.make(t)
  const page = await rig.open()
  await page.run(() => {
    window.broken = []
    document.addEventListener('securitypolicyviolation', (event) => window.broken.push(`${event.effectiveDirective} ${event.blockedURI}`))
  })
  for (const route of ['#/overview', '#/studios', '#/sources', '#/files', '#/settings', '#/picker', '#/overview/1']) {
    await page.goTo(route)
    await pause(1500)
  }
  assert.deepEqual(await page.run(() => window.broken), [])
})
