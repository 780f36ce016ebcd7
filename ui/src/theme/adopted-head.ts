/** One style that Vuetify wants in the document's head. */
interface HeadContent {
  style: { textContent: string }[]
}

interface HeadEntry {
  patch(content: () => HeadContent): void
}

/**
 * Takes Vuetify's theme rules into a constructed style sheet. Under `style-src 'self'` a style element written by
 * script is refused; an adopted sheet is not, because it cannot come from injected markup.
 */
export function adoptedHead(target: Document): { push(content: () => HeadContent): HeadEntry } {
  return {
    push(content) {
      const sheet = new CSSStyleSheet()
      const write = (next: () => HeadContent) => sheet.replaceSync(next().style.map((style) => style.textContent).join('\n'))
      write(content)
      target.adoptedStyleSheets = [...target.adoptedStyleSheets, sheet]
      return { patch: write }
    },
  }
}
