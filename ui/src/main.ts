import { inShell } from './api'
import { tauriShell, tauriTransport } from './api/tauri'
import { start } from './start'

inShell(tauriShell())
start(tauriTransport())
