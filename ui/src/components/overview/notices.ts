import type { Notice, NoticeLevel } from '@/stores'

/** What the panel shows: whatever nobody has seen, and what goes on. */
export function attention(notices: readonly Notice[]): Notice[] {
  return notices
    .filter((notice) => !isStrip(notice) && (!notice.acknowledged || notice.until === null))
    .sort((a, b) => Number(a.acknowledged) - Number(b.acknowledged) || rank(a.level) - rank(b.level) || b.at.localeCompare(a.at))
}

/** News about the whole program, such as a restart, stands across the page until somebody has seen it. */
export function strips(notices: readonly Notice[]): Notice[] {
  return notices.filter((notice) => isStrip(notice) && !notice.acknowledged)
}

function isStrip(notice: Notice): boolean {
  return notice.recorder_id === null && (notice.level === 'info' || notice.action === 'show_gaps')
}

function rank(level: NoticeLevel): number {
  switch (level) {
    case 'fault':
      return 0
    case 'warn':
      return 1
    case 'info':
      return 2
  }
}
