import { createApp, h } from 'vue'
import { VApp } from 'vuetify/components'
import { connect } from '../../src/api'
import { LEVEL_SOURCE, LiveRegion, ToastHost } from '../../src/kit'
import '../../src/theme'
import { installVuetify } from '../../src/theme/vuetify'
import Gallery from './Gallery.vue'
import { FakeService } from './service'
import { makeWorld } from './world'

const asked = new URLSearchParams(window.location.search)
const service = new FakeService(makeWorld({ recorders: 64, now: Date.now() }))
const session = connect(service)
const theme = asked.get('theme') === 'light' ? 'light' : 'dark'
const app = createApp({ render: () => h(VApp, { theme }, () => [h(Gallery), h(ToastHost), h(LiveRegion)]) })
installVuetify(app)
app.provide(LEVEL_SOURCE, session.board)
app.mount('#app')
service.run()
void session.open()
