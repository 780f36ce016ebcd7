import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { connect, door, type Transport } from './api'
import { LEVEL_SOURCE } from './kit'
import { makeRouter } from './router'
import './theme'
import { installVuetify } from './theme/vuetify'

/** Puts the application on the page, over whichever way to the service there is. */
export function start(transport: Transport): void {
  const session = connect(transport)
  const app = createApp(App)
  app.use(createPinia())
  installVuetify(app)
  app.use(makeRouter())
  app.provide(LEVEL_SOURCE, session.board)
  app.mount('#app')
  // Through a door, only after somebody was let in.
  // A service that does not answer yet is shown by the pages; the heartbeat brings everything back.
  if (!door()) session.open().catch(() => undefined)
}
