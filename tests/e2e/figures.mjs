#!/usr/bin/env node
// Speed of the window, with the release build: prints figures, judges nothing.
//
//   AUDYN_E2E_BINARY=target/release/audyn node tests/e2e/figures.mjs [RECORDERS]
//
// With 0 recorders only the first figure.
//
// - how long from the start of the program to the first painted level
// - how long until every recorder records, after "Record all"
// - what levels cost the program: processor time with a page that looks, less the same with one that does not
// - frames a second of the page, and frames of levels that reach it

import { readFile, readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { until } from './lib/driver.mjs'
import { BINARY, Rig, descendants } from './lib/rig.mjs'

const RECORDERS = Number(process.argv[2] ?? 64)
const SECONDS = 10
const TICKS = 100

const levelsShown = () => [...document.querySelectorAll('[role=meter]')].some((meter) => /\d/.test(meter.getAttribute('aria-valuetext') ?? ''))

/** Processor seconds of a process by the name of the thread. */
async function spent(pid) {
  const threads = new Map()
  for (const task of await readdir(`/proc/${pid}/task`)) {
    const stat = await readFile(`/proc/${pid}/task/${task}/stat`, 'utf8').catch(() => undefined)
    if (!stat) continue
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    threads.set(name, (threads.get(name) ?? 0) + (Number(fields[11]) + Number(fields[12])) / TICKS)
  }
  return threads
}

/** Milliseconds since a process was started, to the hundredth of a second. */
async function age(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const started = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) / TICKS
  const up = Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0])
  return Math.round((up - started) * 1000)
}

/** Share of one core, by the name of the thread, over some seconds. */
async function share(pid) {
  const before = await spent(pid)
  await pause(SECONDS * 1000)
  const after = await spent(pid)
  const each = [...after].map(([name, seconds]) => [name, ((seconds - (before.get(name) ?? 0)) / SECONDS) * 100])
  const all = each.reduce((sum, [, percent]) => sum + percent, 0)
  return { all, each: each.filter(([, percent]) => percent >= 0.5).sort((a, b) => b[1] - a[1]) }
}

const words = ({ all, each }) => `${all.toFixed(1)} % (${each.map(([name, percent]) => `${name} ${percent.toFixed(1)}`).join(', ')})`

test('figures', async (t) => {
  const first = await Rig.make(t)
  const started = await first.open()
  await until('a level is shown', () => started.run(levelsShown))
  console.log(`start to the first level on the page: ${await age(first.program)} ms`)
  await first.close()
  if (RECORDERS === 0) return

  const rig = await Rig.make(t, { width: 1920, height: 1080 })
  const page = await rig.open()
  await until('the demonstration is there', async () => (await page.call('list_recorders')).recorders.length === 2)
  // Streams of another program, as in a station: sending is not what is measured.
  const group = (i) => `239.69.200.${i}`
  rig.spawn(BINARY, 'send', '-m', group(1), '--interface', 'lo', '--count', String(RECORDERS), '--tone', '440')
  for (let i = 1; i <= RECORDERS - 2; i += 1) {
    const source = await page.call('create_source', {
      name: `Stream ${i}`, config: { kind: 'aes67', legs: [{ address: group(i), interface: 'lo' }] },
    })
    await page.call('create_recorder', { name: `Recorder ${i + 2}`, source_id: source.id })
  }
  const pid = rig.program
  await page.goTo('#/overview')
  await until('levels are shown', () => page.run(levelsShown))

  const told = Date.now()
  await page.call('start_all')
  await until('all record', async () => (await page.call('list_recorders')).recorders.every(({ state }) => state === 'recording'))
  console.log(`"Record all" to ${RECORDERS} recorders recording: ${Date.now() - told} ms`)
  await pause(5000)

  const looking = await share(pid)
  console.log(`the program, ${RECORDERS} recorders recording, a page that looks: ${words(looking)}`)
  const web = (await descendants(pid)).find(({ name }) => name.startsWith('WebKitWebProces')).pid
  console.log(`the page's process: ${words(await share(web))}`)
  const frames = await page.runAsync(async (ms) => {
    let painted = 0
    let open = true
    const count = () => { painted += 1; if (open) requestAnimationFrame(count) }
    requestAnimationFrame(count)
    await new Promise((done) => setTimeout(done, ms))
    open = false
    return painted / (ms / 1000)
  }, 5000)
  console.log(`frames a second of the page: ${frames.toFixed(1)}`)

  // A file of ours that is no page takes no levels; after twenty seconds the shell brings the page back.
  await page.run(() => { window.location.href = document.querySelector('link[rel=stylesheet]').href })
  const idle = await share(pid)
  console.log(`the same without levels: ${words(idle)}`)
  console.log(`levels cost ${(looking.all - idle.all).toFixed(1)} % of one core`)
})
