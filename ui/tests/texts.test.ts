// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'vue/compiler-sfc'
import { expect, test } from 'vitest'

const SRC = fileURLToPath(new URL('../src', import.meta.url))
/** Attributes a person reads or hears. */
const SPOKEN = new Set(['aria-label', 'title', 'label', 'placeholder', 'alt', 'text', 'hint', 'aria-description', 'aria-roledescription'])
const WORD = /\p{L}{2,}/u

interface Node {
  type: number
  content?: string | Node
  children?: Node[]
  props?: { type: number; name: string; value?: { content: string } }[]
}

/** Texts and spoken attributes that stand in a template, and style attributes, which the content policy refuses. */
function written(node: Node): { texts: string[]; styles: string[] } {
  const found = { texts: [] as string[], styles: [] as string[] }
  const walk = (one: Node) => {
    // 2: text; 6: a plain attribute.
    if (one.type === 2 && typeof one.content === 'string' && WORD.test(one.content)) found.texts.push(one.content.trim())
    for (const prop of one.props ?? []) {
      if (prop.type === 6 && SPOKEN.has(prop.name) && WORD.test(prop.value?.content ?? '')) found.texts.push(`${prop.name}="${prop.value?.content}"`)
      if (prop.type === 6 && prop.name === 'style') found.styles.push(prop.value?.content ?? '')
    }
    for (const child of one.children ?? []) walk(child)
  }
  walk(node)
  return found
}

const files = readdirSync(SRC, { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.vue'))
  .map((entry) => join(entry.parentPath, entry.name))

test.each(files.map((file) => [relative(SRC, file), file]))('%s holds no words and no style attributes', (_, file) => {
  const { descriptor } = parse(readFileSync(file, 'utf8'))
  const ast = descriptor.template?.ast as unknown as Node | undefined
  expect(ast ? written(ast) : { texts: [], styles: [] }).toEqual({ texts: [], styles: [] })
})

test('a word, a spoken attribute and a style attribute are found', () => {
  const { descriptor } = parse('<template><p title="A name" style="top: 0">Some words<b>{{ fine }}</b>·</p></template>')
  expect(written(descriptor.template?.ast as unknown as Node)).toEqual({ texts: ['title="A name"', 'Some words'], styles: ['top: 0'] })
})
