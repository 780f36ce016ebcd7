import { defineConfig, mergeConfig } from 'vitest/config'
import vite from './vite.config.ts'

export default mergeConfig(
  vite,
  defineConfig({
    test: {
      environment: 'happy-dom',
      include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
      setupFiles: ['tests/setup.ts'],
      // Vuetify's components import their css; node cannot.
      server: { deps: { inline: ['vuetify'] } },
      env: { TZ: 'Europe/Berlin' },
    },
  }),
)
