import { date } from '../../format'
import type { FileBranch, FileQuery, Format } from '../../stores'

/** Where in the tree the list is. */
export interface Place {
  studioId: string | null
  recorderId: number | null
  /** The branch's name; empty for everything. */
  name: string
  day?: string
}

/** Folders are unique below the root. */
export function branchKey(branch: FileBranch): string {
  return branch.folder
}

export function isBranch(branch: FileBranch, place: Place): boolean {
  if (branch.studio_id) return branch.studio_id === place.studioId
  if (branch.recorder_id !== null) return branch.recorder_id === place.recorderId
  return isGone(place) && branch.name === place.name
}

/** A branch whose studio and recorder are no more: it is found by its name. */
export function isGone(place: Place): boolean {
  return !place.studioId && place.recorderId === null && place.name !== ''
}

export interface Filters {
  search: string
  format: Format | null
  withGaps: boolean
  held: boolean
}

export const NO_FILTERS: Filters = { search: '', format: null, withGaps: false, held: false }
export const EVERYTHING: Place = { studioId: null, recorderId: null, name: '' }

/** What is asked of the archive. */
export function queryOf(place: Place, filters: Filters): FileQuery {
  const search = filters.search.trim() || (isGone(place) ? place.name : '')
  return {
    studio_id: place.studioId,
    recorder_id: place.studioId ? null : place.recorderId,
    day: place.day ?? null,
    search: search || null,
    format: filters.format,
    with_gaps: filters.withGaps || null,
    held: filters.held || null,
    limit: 500,
  }
}

export function isNarrowed(place: Place, filters: Filters): boolean {
  return place.name !== '' || filters.search.trim() !== '' || filters.format !== null || filters.withGaps || filters.held
}

/** `Sat 14 Mar 2026`, of the key of a day. */
export function dayLabel(day: string): string {
  return date(Date.parse(`${day}T12:00:00Z`), 'UTC')
}
