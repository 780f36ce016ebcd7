import { flushPromises } from '@vue/test-utils'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import App from '../src/App.vue'
import { shortcuts } from '../src/components/shell/shortcuts'
import { mountWith } from './mount'

/** Whole pages take their time on a busy machine. */
vi.setConfig({ testTimeout: 30_000 })

const README = readFileSync(join(process.cwd(), '..', 'README.md'), 'utf8')
const section = README.split('\n## Keys\n')[1]?.split('\n## ')[0] ?? ''
/** With Shift is said once for both arrows. */
const written = (keys: string) => (keys === ' ' ? 'Space' : keys.replace(/^Shift\+(?=Arrow)/, ''))

test('every key of the pages is documented', async () => {
  const known = new Set<string>()
  for (const at of ['/overview', '/overview/1', '/studios', '/sources', '/files', '/settings']) {
    const { wrapper, router } = await mountWith(App, { at })
    await router.isReady()
    await flushPromises()
    for (const { keys } of shortcuts) known.add(keys)
    wrapper.unmount()
    document.body.replaceChildren()
  }
  expect(known.size).toBeGreaterThan(8)
  expect([...known].filter((keys) => !section.includes(`\`${written(keys)}\``))).toEqual([])
})
