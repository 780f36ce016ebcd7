/** A text, or its forms by number; `n` chooses. */
export type Text = string | { one: string; other: string }
export type Section = Record<string, Text>

/** The names in braces of a text. */
type Names<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never
type NamesOf<T extends Text> = T extends string
  ? Names<T>
  : T extends { one: infer One extends string; other: infer Other extends string }
    ? Names<One> | Names<Other> | 'n'
    : never

export type KeyOf<C> = { [S in keyof C & string]: `${S}.${keyof C[S] & string}` }[keyof C & string]
type TextAt<C, K extends string> = K extends `${infer S}.${infer T}`
  ? S extends keyof C
    ? T extends keyof C[S]
      ? C[S][T] extends Text
        ? C[S][T]
        : never
      : never
    : never
  : never

type Parameters<C, K extends string> = [NamesOf<TextAt<C, K>>] extends [never]
  ? []
  : [parameters: Record<NamesOf<TextAt<C, K>>, string | number>]

/** A translator over a catalogue: an unknown key or a missing parameter does not compile. */
export type Translate<C> = <K extends KeyOf<C>>(key: K, ...parameters: Parameters<C, K>) => string

/** Puts values in place of `{name}`. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))
}

export function translator<const C extends Record<string, Section>>(catalogue: C, language: string): Translate<C> {
  const plural = new Intl.PluralRules(language)
  return (key, ...parameters) => {
    const [section, name] = key.split('.', 2) as [string, string]
    const text = catalogue[section]?.[name]
    if (text === undefined) return key
    const values = (parameters[0] ?? {}) as Record<string, string | number>
    const form = typeof text === 'string' ? text : plural.select(Number(values['n'])) === 'one' ? text.one : text.other
    return fill(form, values)
  }
}
