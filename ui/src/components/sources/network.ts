/** The list of what is announced: which rows there are, and in which words. Pure. */
import { sampleRate } from '@/format'
import type { AnnouncedBy, Discovered, DiscoveredStream, DiscoveryTrouble } from '@/stores'
import { t } from '@/strings'

export type NetworkRow =
  | { is: 'head'; key: string; by: AnnouncedBy; count: number }
  | { is: 'stream'; key: string; stream: DiscoveredStream }
  | { is: 'trouble'; key: string; trouble: DiscoveryTrouble }

const GROUPS: readonly AnnouncedBy[] = ['sap', 'ravenna']

export function keyOf(stream: DiscoveredStream): string {
  return `${stream.session}.${stream.stream}`
}

/** Rows by announcer. A stream is found by its name, sender, addresses and channels. */
export function rowsOf(found: Discovered, typed: string): NetworkRow[] {
  const wanted = typed.trim().toLocaleLowerCase()
  const has = (...texts: string[]) => texts.join('\n').toLocaleLowerCase().includes(wanted)
  return GROUPS.flatMap((by) => {
    const streams = found.streams.filter(
      (one) => one.by === by && has(one.name, one.sender, ...one.legs.map(({ address }) => address), ...one.labels),
    )
    const troubles = by === 'ravenna' ? found.troubles.filter((one) => has(one.name, one.address)) : []
    if (streams.length + troubles.length === 0) return []
    return [
      { is: 'head', key: by, by, count: streams.length },
      ...streams.map((stream): NetworkRow => ({ is: 'stream', key: keyOf(stream), stream })),
      ...troubles.map((trouble): NetworkRow => ({ is: 'trouble', key: `${trouble.name}@${trouble.address}`, trouble })),
    ]
  })
}

export function isUsable(stream: DiscoveredStream): boolean {
  return stream.problems.length === 0 && stream.channels !== null
}

export function nameOf(stream: DiscoveredStream): string {
  return stream.name.trim() || t('sources.namelessSender')
}

/** `64 × L24` */
export function channelsOf(stream: DiscoveredStream): string {
  return t('sources.channelsOf', { n: stream.channels ?? 0, encoding: stream.encoding ?? '' })
}

/** `48 kHz · 1 ms` */
export function formatOf(stream: DiscoveredStream): string {
  return [sampleRate(stream.sample_rate ?? 0), packetTime(stream.packet_time_us)].filter(Boolean).join(' · ')
}

/** `1 ms`, `125 µs`, `1.09 ms` */
export function packetTime(us: number | null): string {
  if (us === null || us <= 0) return ''
  if (us < 1000) return t('sources.microseconds', { n: us })
  return t('sources.milliseconds', { n: String(Math.round(us / 10) / 100) })
}

/** A clock in two lines: `PTP 39-A7…CB-D0`, `Domain 0`. */
export function clockOf(clock: string): { what: string; where: string } {
  const [, id, domain] = /^PTP ((?:[0-9A-F]{2}-){7}[0-9A-F]{2}), domain (\d+)$/.exec(clock) ?? []
  if (!id || domain === undefined) return { what: clock, where: '' }
  return { what: t('sources.ptpClock', { id: `${id.slice(0, 5)}…${id.slice(-5)}` }), where: t('sources.ptpDomain', { n: domain }) }
}

/** The PTP clock of more than half of those that follow one: another one deserves a look. */
export function usualClock(streams: readonly DiscoveredStream[]): string | undefined {
  const clocks = streams.map(({ clock }) => clock).filter((clock) => clock.startsWith('PTP '))
  const counts = new Map<string, number>()
  for (const clock of clocks) counts.set(clock, (counts.get(clock) ?? 0) + 1)
  return [...counts].find(([, count]) => count * 2 > clocks.length)?.[0]
}

export function isOtherClock(stream: DiscoveredStream, usual: string | undefined): boolean {
  return usual !== undefined && stream.clock.startsWith('PTP ') && stream.clock !== usual
}

/** Up to eight channels are all meant; of more, those that are touched. */
export function pickedAtFirst(stream: DiscoveredStream): number[] {
  const count = stream.channels ?? 0
  return count <= 8 ? Array.from({ length: count }, (_, i) => i + 1) : []
}
