import { onScopeDispose, shallowRef, type ComputedRef } from 'vue'

interface Title {
  text: ComputedRef<string>
  /** Where the breadcrumb leads. */
  parent?: { name: string; label: string }
}

/** What stands in the top bar in place of the route's own title. */
export const pageTitle = shallowRef<Title>()

/** Gives the page its title while it is open: the recorder's name under "Overview". */
export function usePageTitle(text: ComputedRef<string>, parent?: Title['parent']): void {
  const mine: Title = { text, parent }
  pageTitle.value = mine
  onScopeDispose(() => {
    if (pageTitle.value === mine) pageTitle.value = undefined
  })
}
