const KEY = 'audyn-back'

/** Remembers the page somebody meant to see, while the provider's pages are looked at. */
export function keepBack(path: string): void {
  window.sessionStorage.setItem(KEY, path)
}

/** The page that was remembered; once. */
export function takeBack(): string | undefined {
  const path = window.sessionStorage.getItem(KEY)
  window.sessionStorage.removeItem(KEY)
  return path?.startsWith('/') ? path : undefined
}
