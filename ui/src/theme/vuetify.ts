import type { App } from 'vue'
import { createVuetify } from 'vuetify'
import { aliases, mdi } from 'vuetify/iconsets/mdi-svg'
import 'vuetify/styles/core'
import { adoptedHead } from './adopted-head'
import { themes } from './themes'

/** Installs Vuetify with its theme sheet adopted by script, so that the page needs no inline style element. */
export function installVuetify(app: App): void {
  app.provide('usehead', adoptedHead(document))
  app.use(
    createVuetify({
      icons: { defaultSet: 'mdi', aliases, sets: { mdi } },
      theme: { defaultTheme: 'system', themes },
      defaults: {
        global: { ripple: false },
        VBtn: { variant: 'tonal', elevation: 0, density: 'default' },
        VCard: { elevation: 0 },
        VTextField: { variant: 'outlined', color: 'primary', hideDetails: 'auto' },
        VTextarea: { variant: 'outlined', color: 'primary', hideDetails: 'auto' },
        VSelect: { variant: 'outlined', color: 'primary', hideDetails: 'auto' },
        VCombobox: { variant: 'outlined', color: 'primary', hideDetails: 'auto' },
        VAutocomplete: { variant: 'outlined', color: 'primary', hideDetails: 'auto' },
        VSwitch: { color: 'primary', inset: true, hideDetails: 'auto' },
        VCheckbox: { color: 'primary', hideDetails: 'auto' },
        VTabs: { color: 'primary' },
      },
    }),
  )
}
