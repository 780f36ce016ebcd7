import { inShell } from '../../src/api'
import { start } from '../../src/start'
import { FakeService } from './service'
import { FakeShell } from './shell'
import { makeWorld } from './world'

/** `?recorders=64&theme=light&seat=kiosk&studio=1&down&shell` */
const asked = new URLSearchParams(window.location.search)
const world = makeWorld({
  recorders: Number(asked.get('recorders') ?? 8),
  theme: asked.get('theme') === 'light' ? 'light' : 'dark',
  kiosk: asked.get('seat') === 'kiosk',
  now: Date.now(),
})
const studio = asked.get('studio')
if (studio) world.selection = world.studios[Number(studio) - 1]?.id ?? null

const service = new FakeService(world)
service.down = asked.has('down')
const shell = new FakeShell()
if (asked.has('shell')) inShell(shell)
Object.assign(window, { fake: service, fakeShell: shell })
service.run()
start(service)
