/** One way to a page. */
export interface RailItem {
  /** The route. */
  name: string
  label: string
  /** A path of @mdi/js. */
  icon: string
  /** Stands in the bottom bar itself. */
  near: boolean
}
