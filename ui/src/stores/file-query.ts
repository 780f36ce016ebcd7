import type { FileEntry, FileQuery } from '../api'

/** Whether a file belongs into the answer to a query. */
export function answers(file: FileEntry, query: FileQuery): boolean {
  const search = query.search?.trim().toLowerCase()
  return (
    (query.recorder_id == null || file.recorder_id === query.recorder_id) &&
    (query.studio_id == null || file.studio_id === query.studio_id) &&
    (query.day == null || file.start_civil.startsWith(query.day)) &&
    (query.format == null || file.format === query.format) &&
    (!query.with_gaps || file.gaps > 0) &&
    (!query.held || file.holds.some(({ expired }) => !expired)) &&
    (!search || `${file.name}\n${file.recorder_name}`.toLowerCase().includes(search))
  )
}
