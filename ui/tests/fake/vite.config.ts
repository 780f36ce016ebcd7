import { fileURLToPath } from 'node:url'
import { defineConfig, mergeConfig } from 'vite'
import vite from '../../vite.config.ts'

/** The pages over a service that is not there. */
export default mergeConfig(
  vite,
  defineConfig({
    root: fileURLToPath(new URL('.', import.meta.url)),
    server: { port: 5174, strictPort: false, fs: { allow: [fileURLToPath(new URL('../..', import.meta.url))] } },
    cacheDir: '../../node_modules/.vite-fake',
    build: { outDir: '../../node_modules/.vite-fake/dist' },
  }),
)
