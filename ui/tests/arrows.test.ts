// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const SRC = fileURLToPath(new URL('../src', import.meta.url))

/** Which folder may import from which; what everybody may is in COMMON. */
const MAY: Record<string, readonly string[]> = {
  views: ['components', 'kit', 'stores'],
  components: ['kit', 'stores'],
  kit: [],
  stores: ['api'],
  api: [],
  format: [],
  strings: [],
  theme: [],
}
const COMMON = ['format', 'strings']
const LEAVES = ['format', 'strings', 'api', 'theme']

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|vue)$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
}

function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!)
}

/** The folder below src that an import leads to; undefined for packages and for the same folder's root files. */
function folderOf(file: string, specifier: string): string | undefined {
  const target = specifier.startsWith('@/') ? join(SRC, specifier.slice(2)) : specifier.startsWith('.') ? resolve(dirname(file), specifier) : undefined
  return target && relative(SRC, target).split('/')[0]
}

test('imports follow the arrows', () => {
  const wrong: string[] = []
  for (const [folder, may] of Object.entries(MAY)) {
    for (const file of sources(join(SRC, folder))) {
      for (const specifier of imports(file)) {
        const to = folderOf(file, specifier)
        const common = LEAVES.includes(folder) ? [] : COMMON
        if (to !== undefined && to !== folder && ![...may, ...common].includes(to)) wrong.push(`${relative(SRC, file)} → ${specifier}`)
      }
    }
  }
  expect(wrong).toEqual([])
})

test('only api/tauri.ts knows Tauri', () => {
  const knowing = sources(SRC).filter((file) => imports(file).some((specifier) => specifier.startsWith('@tauri-apps/')))
  expect(knowing.map((file) => relative(SRC, file))).toEqual(['api/tauri.ts'])
})

test('nothing of the build imports from tests', () => {
  const leaking = sources(SRC).filter((file) => imports(file).some((specifier) => /(^|\/)tests\//.test(specifier)))
  expect(leaking).toEqual([])
})
