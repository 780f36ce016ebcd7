import { inShell, throughDoor, type Access } from '../../src/api'
import { start } from '../../src/start'
import { FakeDoor } from './door'
import { FakeService } from './service'
import { FakeShell } from './shell'
import { makeWorld } from './world'

/** `?recorders=64&theme=light&seat=kiosk&studio=1&down&shell`, and for a browser on the network `&lan` (nobody is in) or `&lan=operator`. */
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
shell.provider = asked.has('provider')
const signed = asked.get('signed') as Access | null
if (signed) shell.signed = { user: FakeDoor.of(signed), way: 'provider', expires: new Date(Date.now() + 43_200_000).toISOString() }
if (asked.has('shell')) inShell(shell)
const lan = asked.get('lan')
const door = new FakeDoor((lan || undefined) as Access | undefined)
if (lan !== null) throughDoor(door)
Object.assign(window, { fakeDoor: door, fake: service, fakeShell: shell })
service.run()
start(service)
