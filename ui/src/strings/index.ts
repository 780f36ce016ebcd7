import { translator } from './catalogue'
import access from './en/access'
import app from './en/app'
import clock from './en/clock'
import configuration from './en/configuration'
import doctor from './en/doctor'
import errors from './en/errors'
import files from './en/files'
import kiosk from './en/kiosk'
import kit from './en/kit'
import overview from './en/overview'
import picker from './en/picker'
import player from './en/player'
import recorder from './en/recorder'
import settings from './en/settings'
import sources from './en/sources'
import state from './en/state'
import studios from './en/studios'
import window from './en/window'
import type { KeyOf } from './catalogue'

const en = { access, app, clock, configuration, doctor, errors, files, kiosk, kit, overview, picker, player, recorder, settings, sources, state, studios, window } as const

export type Key = KeyOf<typeof en>

/** The text for a key: `t('app.diskDays', { n: 38 })`. */
export const t = translator(en, 'en')
