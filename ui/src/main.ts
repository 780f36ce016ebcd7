import { inShell, throughDoor } from './api'
import { HttpTransport } from './api/http'
import { inTauri, tauriShell, tauriTransport } from './api/tauri'
import { start } from './start'

if (inTauri()) {
  inShell(tauriShell())
  start(tauriTransport())
} else {
  const http = new HttpTransport()
  throughDoor(http)
  start(http)
}
