import { t } from '@/strings'

/** Words for the engine's counters. One that is not known here is shown by its own name. */
const WORDS: Record<string, string> = {
  received: t('recorder.countReceived'),
  bytes: t('recorder.countBytes'),
  used: t('recorder.countUsed'),
  lost: t('recorder.countLost'),
  reordered: t('recorder.countReordered'),
  duplicate: t('recorder.countDuplicate'),
  redundant: t('recorder.countRedundant'),
  late: t('recorder.countLate'),
  short: t('recorder.countShort'),
  version: t('recorder.countVersion'),
  padding: t('recorder.countPadding'),
  empty: t('recorder.countEmpty'),
  oversize: t('recorder.countOversize'),
  foreign_payload_type: t('recorder.countForeignPayload'),
  foreign_source: t('recorder.countForeignSource'),
  foreign_destination: t('recorder.countForeignDestination'),
  foreign_ssrc: t('recorder.countForeignSsrc'),
  wrong_size: t('recorder.countWrongSize'),
  kernel_dropped: t('recorder.countKernelDropped'),
  socket_errors: t('recorder.countSocketErrors'),
  frames: t('recorder.countFrames'),
  loss_frames: t('recorder.countLossFrames'),
  outage_frames: t('recorder.countOutageFrames'),
  restart_frames: t('recorder.countRestartFrames'),
  overrun_frames: t('recorder.countOverrunFrames'),
  gaps: t('recorder.countGaps'),
  restarts: t('recorder.countRestarts'),
  waiting: t('recorder.countWaiting'),
  encoded_frames: t('recorder.countEncodedFrames'),
  encoded_bytes: t('recorder.countEncodedBytes'),
  encoding_ns: t('recorder.countEncoding'),
  disk_files: t('recorder.countDiskFiles'),
  disk_writes: t('recorder.countDiskWrites'),
  disk_bytes: t('recorder.countDiskBytes'),
  disk_writing_ns: t('recorder.countDiskWriting'),
  disk_syncs: t('recorder.countDiskSyncs'),
  disk_syncing_ns: t('recorder.countDiskSyncing'),
  disk_slowest_ns: t('recorder.countDiskSlowest'),
  disk_faults: t('recorder.countDiskFaults'),
  disk_retries: t('recorder.countDiskRetries'),
  catalogue_entries: t('recorder.countCatalogueEntries'),
  catalogue_failures: t('recorder.countCatalogueFailures'),
  catalogue_owed: t('recorder.countCatalogueOwed'),
}

/** Counters that say that something is wrong once they are not zero. */
const BAD = new Set([
  'lost', 'late', 'kernel_dropped', 'socket_errors', 'wrong_size', 'loss_frames', 'outage_frames', 'overrun_frames', 'gaps',
  'disk_faults', 'disk_retries', 'catalogue_failures', 'catalogue_owed',
])

export function counterWord(name: string): string {
  return WORDS[name] ?? name.replaceAll('_', ' ')
}

export function counterIsBad(name: string, value: number): boolean {
  return value > 0 && BAD.has(name)
}

export function basisWord(basis: string | null): string {
  switch (basis) {
    case null:
      return t('recorder.unknown')
    case 'media-clock':
      return t('recorder.basisMediaClock')
    case 'assumed-media-clock':
      return t('recorder.basisAssumed')
    case 'arrival':
      return t('recorder.basisArrival')
    case 'device':
      return t('recorder.basisDevice')
    default:
      return basis
  }
}

/** `+12.3 ppm`: how much faster the device's clock runs than this machine's. */
export function driftOf(ppb: number | null): string {
  if (ppb === null) return t('recorder.unknown')
  const sign = ppb > 0 ? '+' : ppb < 0 ? '−' : ''
  return t('recorder.ppm', { value: `${sign}${(Math.abs(ppb) / 1000).toFixed(1)}` })
}

const grouped = new Intl.NumberFormat('en-GB', { useGrouping: true })

/** `12 345 678`: groups of three with a narrow space. */
export function counted(value: number): string {
  return grouped.format(value).replaceAll(',', '\u202f')
}

/** Names of all counters of some lists, in the order in which they first stand. */
export function counterNames(lists: readonly { name: string }[][]): string[] {
  return [...new Set(lists.flat().map(({ name }) => name))]
}
