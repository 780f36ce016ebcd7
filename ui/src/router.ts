import { mdiAccessPoint, mdiCogOutline, mdiFolderMusicOutline, mdiMicrophoneOutline, mdiStethoscope, mdiViewDashboardOutline } from '@mdi/js'
import { createRouter, createWebHashHistory, type RouteRecordRaw, type Router, type RouterHistory } from 'vue-router'
import type { RailItem } from './components/shell/rail'
import { useSeatStore } from './stores'
import { t, type Key } from './strings'

declare module 'vue-router' {
  interface RouteMeta {
    title: Key
    /** Stands in the rail, at its foot, or nowhere. */
    rail?: 'main' | 'foot'
    icon?: string
    /** The key after `g` that leads there. */
    go?: string
    /** Can be reached on a locked studio screen; shown without rail and top bar. */
    kiosk?: boolean
  }
}

const views = import.meta.glob('./views/*View.vue')

/** A page is a route once its view is there. */
function page(view: string, path: string, name: string, meta: RouteRecordRaw['meta']): RouteRecordRaw[] {
  const component = views[`./views/${view}.vue`]
  return component ? [{ path, name, component, meta } as RouteRecordRaw] : []
}

const pages: RouteRecordRaw[] = [
  ...page('OverviewView', '/overview', 'overview', { title: 'app.overview', rail: 'main', icon: mdiViewDashboardOutline, go: 'o' }),
  ...page('RecorderView', '/overview/:id(\\d+)', 'recorder', { title: 'app.recorder' }),
  ...page('StudiosView', '/studios', 'studios', { title: 'app.studios', rail: 'main', icon: mdiMicrophoneOutline, go: 's' }),
  ...page('SourcesView', '/sources', 'sources', { title: 'app.sources', rail: 'main', icon: mdiAccessPoint, go: 'c' }),
  ...page('FilesView', '/files', 'files', { title: 'app.files', rail: 'main', icon: mdiFolderMusicOutline, go: 'f' }),
  ...page('DoctorView', '/doctor', 'doctor', { title: 'app.doctor', rail: 'main', icon: mdiStethoscope, go: 'd' }),
  ...page('SettingsView', '/settings', 'settings', { title: 'app.settings', rail: 'foot', icon: mdiCogOutline }),
  ...page('KioskView', '/kiosk', 'kiosk', { title: 'app.kiosk', kiosk: true }),
  ...page('PickerView', '/picker', 'picker', { title: 'app.picker', kiosk: true }),
]

/** The ways of the rail, and of the keys after `g`. */
export function railItems(place: 'main' | 'foot'): (RailItem & { go?: string })[] {
  return pages
    .filter(({ meta }) => meta?.rail === place)
    .map(({ name, meta }) => ({ name: String(name), label: label(meta!.title), icon: meta!.icon ?? '', go: meta!.go }))
}

/** Titles of routes have no parameters. */
export function label(title: Key): string {
  return (t as (key: Key) => string)(title)
}

export function makeRouter(history: RouterHistory = createWebHashHistory()): Router {
  const router = createRouter({
    history,
    routes: [
      ...pages,
      { path: '/', name: 'home', component: { render: () => null }, meta: { title: 'app.name', kiosk: true } },
      { path: '/:rest(.*)*', redirect: '/' },
    ],
  })
  router.beforeEach(async (to) => {
    const seat = useSeatStore()
    await seat.load()
    const home = seat.seat === 'kiosk' ? (seat.studioId ? 'kiosk' : 'picker') : 'overview'
    // On a studio's screen there is no way out but the lock.
    const away = to.name === 'home' || (seat.locked && !to.meta.kiosk)
    if (away && router.hasRoute(home) && to.name !== home) return { name: home, replace: true }
    return true
  })
  return router
}
