import { dayKey, clock } from '@/format'
import type { Gap } from '@/stores'

/** A row of the list: the head of an hour, or a gap in it. */
export type GapRow =
  | { is: 'hour'; key: string; at: number; gaps: number; missingS: number }
  | { is: 'gap'; key: string; gap: Gap }

/** Gaps, newest first, under the hours of the station's clock in which they began. The repeated hour has two heads. */
export function gapRows(gaps: readonly Gap[], zone: string): GapRow[] {
  const rows: GapRow[] = []
  let head: Extract<GapRow, { is: 'hour' }> | undefined
  gaps.forEach((gap, i) => {
    const at = Date.parse(gap.at)
    const key = hourKey(at, zone)
    if (head?.key !== key) {
      head = { is: 'hour', key, at, gaps: 0, missingS: 0 }
      rows.push(head)
    }
    head.gaps += 1
    head.missingS += gap.length_s
    rows.push({ is: 'gap', key: `${gap.at} ${gap.samples} ${i}`, gap })
  })
  return rows
}

/** The civil hour with its offset from UTC, by which the two of a repeated one differ. */
function hourKey(at: number, zone: string): string {
  const reading = `${dayKey(at, zone)} ${clock(at, zone)}`
  const ahead = Date.parse(`${reading.replace(' ', 'T')}Z`) - Math.floor(at / 1000) * 1000
  return `${reading.slice(0, 13)} ${ahead}`
}
