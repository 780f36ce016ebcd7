import type { Discovered, DiscoveredStream } from '../../src/api/contract'

const GRANDMASTER = 'PTP 39-A7-94-FF-FE-07-CB-D0, domain 0'
const HALL = [
  'Main L', 'Main R', 'Spot Vln 1', 'Spot Vln 2', 'Spot Vla', 'Spot Vc', 'Spot Cb', 'Harp', 'Amb L', 'Amb R', 'Amb rear L', 'Amb rear R',
  'Fl', 'Ob', 'Cl', 'Fg', 'Hn 1', 'Hn 2', 'Tp 1', 'Tp 2', 'Trb', 'Tuba', 'Timp', 'Perc L', 'Perc R', 'Piano L', 'Piano R', 'Celesta',
]

export const WRONG_TEXT = [
  'v=0', 'o=- 4118 1 IN IP4 10.20.4.118', 's=<b>OB 9</b>', 'c=IN IP4 239.69.8.9/32', 't=0 0', 'm=audio 5004 RTP/AVP 96', 'a=rtpmap:96 L24',
].join('\r\n')

/** What a made-up network announces: long names, pairs, a wrong description, a stale stream, and as many more as wished. */
export function announced(now: number, more = 0): Discovered {
  const at = (seconds: number) => new Date(now - seconds * 1000).toISOString()
  const one = (i: number, name: string, change: Partial<DiscoveredStream> = {}): DiscoveredStream => ({
    session: i.toString(16).padStart(16, '0'), stream: 0, by: 'sap', name, sender: `10.20.4.${(i % 250) + 1}`, interfaces: ['eno2'],
    encoding: 'L24', sample_rate: 48_000, channels: 2, packet_time_us: 1000, labels: [], clock: GRANDMASTER,
    legs: [{ address: `239.69.${Math.floor(i / 250) + 1}.${(i % 250) + 1}`, port: 5004 }], problems: [], warnings: [],
    first_seen: at(86_400 * 3), last_seen: at((i * 7) % 30), stale: false, changes: 0, sources: [], ...change,
  })
  const pair = (i: number) => ({ legs: [{ address: `239.69.1.${i}`, port: 5004 }, { address: `239.70.1.${i}`, port: 5004 }], interfaces: ['eno1', 'eno2'] })
  const streams = [
    one(1, 'Hall stagebox', { ...pair(20), channels: 64, packet_time_us: 125, labels: HALL.concat(Array<string>(36).fill('')) }),
    one(2, 'Studio 1 main', { ...pair(1), sources: ['source-3'] }),
    one(3, 'Newsroom desk', { channels: 8 }),
    one(4, 'OB van 3 programme', { encoding: 'L16', packet_time_us: 4000, clock: 'PTP 5C-11-0A-FF-FE-22-10-0F, domain 1' }),
    one(5, 'Regionalfenster Südwest Rückleitung aus dem Funkhaus, Zweitweg', { ...pair(9), packet_time_us: 125 }),
    one(6, '', {
      encoding: null, sample_rate: null, channels: null, packet_time_us: null, clock: '', legs: [], name: '<b>OB 9</b>',
      problems: [{ line: 7, message: '“a=rtpmap:96 L24”: has no sample rate; a rate would follow the slash' }],
    }),
    one(7, 'Drama 1 surround', { ...pair(5), channels: 6, stale: true, last_seen: at(96), labels: ['L', 'R', 'C', 'LFE', 'Ls', 'Rs'] }),
    ...Array.from({ length: more }, (_, i) => one(20 + i, `Line ${i + 1}`)),
    one(8, 'Horizon master bus', { by: 'ravenna', channels: 8, sample_rate: 96_000 }),
    one(9, 'FM exciter return', { by: 'ravenna' }),
    one(10, 'Chorsaal monitor', { by: 'ravenna', channels: 16, changes: 2 }),
  ]
  return {
    on: true,
    streams,
    troubles: [{ name: 'Intercom party line', address: '10.20.4.77:554', why: 'no answer: connection refused' }],
    listening: [{ name: 'eno1', problem: null }, { name: 'eno2', problem: null }],
    counters: { announcements: 48_211, malformed: 3, foreign: 0, answers: 912, unreadable: 0, described: 611, undescribed: 12, contradicted: 0, no_room: 0 },
  }
}
