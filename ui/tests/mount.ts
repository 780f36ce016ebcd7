import { mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { defineComponent, h, type Component } from 'vue'
import { createMemoryHistory, type Router } from 'vue-router'
import { VApp } from 'vuetify/components'
import { connect, type Session } from '../src/api'
import { LEVEL_SOURCE, MeterSurface } from '../src/kit'
import { makeRouter } from '../src/router'
import { installVuetify } from '../src/theme/vuetify'
import { FakeService } from './fake/service'
import { makeWorld, type World } from './fake/world'

export interface Mounted {
  wrapper: VueWrapper
  service: FakeService
  session: Session
  router: Router
}

export interface MountOptions {
  /** A world to begin with; else one of 8 recorders at noon. */
  world?: World
  props?: Record<string, unknown>
  slots?: Record<string, string | (() => unknown)>
  /** Changes the service before the first call. */
  arrange?: (service: FakeService) => void
  at?: string
}

/** Mounts a view or component as the application does, over a fake service. Teleported parts are in `document.body`. */
export async function mountWith(component: Component, options: MountOptions = {}): Promise<Mounted> {
  const service = new FakeService(options.world ?? makeWorld({ recorders: 8, now: Date.parse('2026-03-14T12:00:00Z') }))
  options.arrange?.(service)
  const session = connect(service)
  const pinia = createPinia()
  setActivePinia(pinia)
  const router = makeRouter(createMemoryHistory())
  if (options.at) await router.push(options.at)
  const host = defineComponent({
    render: () => h(VApp, null, () => h(MeterSurface, null, () => h(component, options.props ?? {}, options.slots ?? {}))),
  })
  const wrapper = mount(host, {
    attachTo: document.body,
    global: {
      plugins: [pinia, router, { install: installVuetify }],
      provide: { [LEVEL_SOURCE as symbol]: session.board },
    },
  })
  return { wrapper, service, session, router }
}
