import { t } from '@/strings'

/** Told apart from each other and from both themes' cards; a thin edge keeps the faint ones visible. */
export const COLOURS: readonly { value: string; name: string }[] = [
  { value: '#2196F3', name: t('studios.blue') },
  { value: '#26A69A', name: t('studios.teal') },
  { value: '#4CAF50', name: t('studios.green') },
  { value: '#9CCC3D', name: t('studios.lime') },
  { value: '#FDD835', name: t('studios.yellow') },
  { value: '#F9A825', name: t('studios.amber') },
  { value: '#F4713C', name: t('studios.orange') },
  { value: '#EF5350', name: t('studios.red') },
  { value: '#EC407A', name: t('studios.pink') },
  { value: '#AB47BC', name: t('studios.violet') },
  { value: '#8D6E63', name: t('studios.brown') },
  { value: '#78909C', name: t('studios.grey') },
]

/** The colours in another order of use: what is free comes first. */
export function nextColour(used: readonly string[]): string {
  const taken = used.map((one) => one.toUpperCase())
  return (COLOURS.find(({ value }) => !taken.includes(value)) ?? COLOURS[taken.length % COLOURS.length]!).value
}
