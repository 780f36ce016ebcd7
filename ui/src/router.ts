import { mdiAccessPoint, mdiAccountCircleOutline, mdiCogOutline, mdiFolderMusicOutline, mdiMicrophoneOutline, mdiStethoscope, mdiViewDashboardOutline } from '@mdi/js'
import { createRouter, createWebHashHistory, type RouteRecordRaw, type Router, type RouterHistory } from 'vue-router'
import type { RailItem } from './components/shell/rail'
import { takeBack, useMeStore, useSeatStore, type Operations } from './stores'
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
    /** Can be reached by nobody in particular; shown without rail and top bar. */
    open?: boolean
    /** Shown to whoever may do this. */
    needs?: keyof Operations
    /** About the whole station: nothing for somebody who belongs to one studio. */
    whole?: boolean
    /** Stands in the bottom bar itself, not under "More". */
    near?: boolean
    /** The item of the rail that it belongs to. */
    under?: string
    /** Only in a browser: the window on the station has no door. */
    remote?: boolean
    /** Only where somebody is signed in or could be. */
    account?: boolean
  }
}

const views = import.meta.glob('./views/*View.vue')

/** A page is a route once its view is there. */
function page(view: string, path: string, name: string, meta: RouteRecordRaw['meta']): RouteRecordRaw[] {
  const component = views[`./views/${view}.vue`]
  return component ? [{ path, name, component, meta } as RouteRecordRaw] : []
}

const pages: RouteRecordRaw[] = [
  ...page('OverviewView', '/overview', 'overview', { title: 'app.overview', rail: 'main', near: true, icon: mdiViewDashboardOutline, go: 'o' }),
  ...page('RecorderView', '/overview/:id(\\d+)', 'recorder', { title: 'app.recorder', under: 'overview' }),
  ...page('StudiosView', '/studios', 'studios', { title: 'app.studios', rail: 'main', needs: 'list_studios', whole: true, icon: mdiMicrophoneOutline, go: 's' }),
  ...page('SourcesView', '/sources', 'sources', { title: 'app.sources', rail: 'main', needs: 'list_sources', whole: true, icon: mdiAccessPoint, go: 'c' }),
  ...page('FilesView', '/files', 'files', { title: 'app.files', rail: 'main', near: true, icon: mdiFolderMusicOutline, go: 'f' }),
  ...page('DoctorView', '/doctor', 'doctor', { title: 'app.doctor', rail: 'main', near: true, needs: 'ask_doctor', icon: mdiStethoscope, go: 'd' }),
  ...page('SettingsView', '/settings', 'settings', { title: 'app.settings', rail: 'foot', needs: 'change_settings', icon: mdiCogOutline }),
  ...page('AccessView', '/settings/:tab(network|users|sessions|tokens|audit)', 'access', {
    title: 'app.settings', needs: 'access_settings', under: 'settings',
  }),
  ...page('AccountView', '/account', 'account', { title: 'app.account', rail: 'foot', icon: mdiAccountCircleOutline, account: true }),
  ...page('SignInView', '/sign-in', 'sign-in', { title: 'app.signIn', open: true, remote: true }),
  ...page('KioskView', '/kiosk', 'kiosk', { title: 'app.kiosk', kiosk: true }),
  ...page('PickerView', '/picker', 'picker', { title: 'app.picker', kiosk: true }),
]

/** The ways of the rail, and of the keys after `g`. */
export function railItems(place: 'main' | 'foot'): (RailItem & { go?: string; needs?: keyof Operations; account: boolean; whole: boolean })[] {
  return pages
    .filter(({ meta }) => meta?.rail === place)
    .map(({ name, meta }) => ({
      name: String(name), label: label(meta!.title), icon: meta!.icon ?? '', go: meta!.go, near: meta!.near ?? false,
      needs: meta!.needs, account: meta!.account ?? false, whole: meta!.whole ?? false,
    }))
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
    const me = useMeStore()
    await me.load()
    if (me.phase === 'out') return to.meta.open ? true : { name: 'sign-in', query: to.name === 'home' ? {} : { back: to.fullPath }, replace: true }
    // Somebody comes back from the provider.
    const back = me.remote && to.name === 'home' ? takeBack() : undefined
    if (back) return { path: back, replace: true }
    const seat = useSeatStore()
    await seat.load()
    const home = seat.seat === 'kiosk' ? (seat.studioId ? 'kiosk' : 'picker') : 'overview'
    // On a studio's screen there is no way out but the lock.
    const barred = (to.meta.needs && !me.can(to.meta.needs)) || (to.meta.remote && (!me.remote || to.meta.open)) || (to.meta.account && !me.account) || (to.meta.whole && me.level === 'studio')
    const away = to.name === 'home' || (seat.locked && !to.meta.kiosk) || barred
    if (away && router.hasRoute(home) && to.name !== home) return { name: home, replace: true }
    return true
  })
  return router
}
