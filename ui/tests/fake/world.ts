import type {
  Discovered, FileEntry, Gap, Hold, Light, Notice, Playback, Recorder, RecorderState, Settings, Source, Studio, Writing,
} from '../../src/api/contract'
import { announced } from './announced'

/** Everything the made-up station holds. */
export interface World {
  now: number
  recorders: Recorder[]
  sources: Source[]
  studios: Studio[]
  files: FileEntry[]
  gaps: Map<number, Gap[]>
  notices: Notice[]
  announced: Discovered
  settings: Settings
  playback: Playback
  selection: string | null
}

export interface Wish {
  recorders: number
  now: number
  theme?: 'dark' | 'light'
  kiosk?: boolean
}

const ok = (text: string): Light => ({ level: 'ok', text })
const iso = (at: number) => new Date(at).toISOString()
const COLOURS = ['#2196F3', '#26A69A', '#8D6E63', '#AB47BC', '#FFA726', '#EF5350', '#66BB6A', '#78909C']
const SURROUND = ['L', 'R', 'C', 'LF', 'Ls', 'Rs', 'Lo', 'Ro']

const NAMES = [
  'Studio 1', 'Studio 2', 'FM off-air', 'Concert hall', 'DAB return', 'Regionalfenster Südwest, Leitung 2', 'Newsroom',
  'Podcast booth', 'News A', 'News B', 'News C', 'Sport 1', 'Sport 2', 'Sport 3', 'Chamber', 'Drama 1', 'Drama 2', 'FM off-air N',
  'FM off-air S', 'FM off-air E', 'FM off-air W', 'DAB mux A 1', 'DAB mux A 2', 'DAB mux A 3', 'DAB mux A 4', 'DAB mux B 1',
  'DAB mux B 2', 'DAB mux B 3', 'DAB mux B 4', 'Web main', 'Web urban', 'Web classic', 'Web kids', 'OB van 1', 'OB van 2',
  'OB van 3', 'OB van 4', 'Line Berlin', 'Line Wien', 'Line Zürich', 'Line Bruxelles', 'Line Graz', 'Line Praha',
  'Regionalfenster Südwest, Leitung 1', 'Regionalfenster Nord, Rückleitung aus dem Funkhaus, Programmstrom Zweitweg',
  'Region Ost', 'Region Mitte', 'Podcast suite', 'Voice 1', 'Voice 2', 'Voice 3', 'Voice 4', 'Edit 1', 'Edit 2', 'Talkback',
  'Traffic desk', 'Weather desk', 'Parliament', 'Court press', 'Stadium', 'Church feed', 'Archive ingest', 'Test tone', 'Spare',
]

const WRITING: Writing = {
  outputs: [{ format: 'wav', bits: '24' }],
  layout: 'dailydir',
  custom_format: null,
  period_s: 3600,
  clock: 'localtime',
}

function stateOf(i: number): RecorderState {
  if (i === 4 || i === 23 || i === 34 || i === 40) return 'degraded'
  if (i === 5) return 'error'
  if (i === 6) return 'starting'
  return i === 7 || i === 47 || i >= 61 || i === 52 || i === 53 ? 'stopped' : 'recording'
}

function channelsOf(i: number): string[] {
  if (i === 3 || i === 14) return SURROUND
  if (i === 57) return Array.from({ length: 64 }, (_, channel) => `${channel + 1}`)
  return i === 6 || i === 54 ? ['M'] : ['L', 'R']
}

function makeSource(i: number, name: string): Source {
  const channels = channelsOf(i)
  return {
    id: `source-${i}`,
    name,
    config: i === 9
      ? { kind: 'pipewire', node: 'alsa_input.usb-Desk_One-00.multichannel-input', name: 'Desk One', sample_rate: 48_000, stream_channels: 8, pick: [1, 2], labels: [] }
      : i === 62
      ? { kind: 'tone', frequency_hz: 1000, level_dbfs: -18, channels: 2 }
      : {
          kind: 'aes67', legs: [{ address: `239.69.1.${i + 1}`, port: 5004 }, { address: `239.70.1.${i + 1}`, port: 5004 }],
          follows: i === 3 || i === 8 ? { user: '-', session_id: String(i), address: '10.20.4.3', stream: 0 } : null, pick: [], labels: channels, encoding: 'L24', sample_rate: 48_000, stream_channels: channels.length,
        },
    kind: i === 9 ? 'pipewire' : i === 62 ? 'tone' : 'aes67',
    summary: i === 9 ? 'Desk One, 2 of 8' : i === 62 ? 'Test tone 1000 Hz, −18 dBFS' : `239.69.1.${i + 1}, 2 legs`,
    sample_rate: 48_000,
    channels,
    meter: `meter-${i}`,
    follow: i === 3 ? ok('Follows its sender') : i === 8 ? { level: 'unknown', text: 'Not announced now; kept as it was described last' } : null,
    signal: i === 5 ? { level: 'fault', text: 'Nothing is received' } : ok('Signal present'),
    recorders: [i + 1],
    demo: i === 62,
  }
}

function makeRecorder(i: number, now: number, source: Source, studio: Studio | undefined): Recorder {
  const state = stateOf(i)
  const running = state === 'recording' || state === 'degraded'
  const since = now - (i % 3 === 2 ? 12 * 86_400_000 + 17_900_000 : 7_112_000)
  const lost = state === 'degraded' ? 1.284 : state === 'error' ? 42 : 0
  return {
    id: i + 1,
    uid: `0195b7a0-0000-7000-8000-${String(i).padStart(12, '0')}`,
    name: source.name,
    description: ['Main programme', 'Breakfast, second service', 'Tuner return, evidence copy', ''][i % 4]!,
    state,
    reason: state === 'degraded'
      ? 'Leg 2 of 2 is silent since 07:51:09. 1284 packets were lost.'
      : state === 'error' ? 'Nothing is received since 07:57:50.' : null,
    wanted: state !== 'stopped',
    since: running ? iso(since) : null,
    retry_at: state === 'error' ? iso(now + 8000) : null,
    source: i === 63 ? null : { id: source.id, name: source.name, kind: source.kind, summary: source.summary },
    studio: studio ? { id: studio.id, name: studio.name, color: studio.color } : null,
    meter: i === 63 ? null : source.meter,
    pre_roll_s: running ? 0 : 120,
    channels: source.channels,
    sample_rate: i === 63 ? null : 48_000,
    config: {},
    effective: WRITING,
    pending: i === 1,
    folder: `recorder-${i + 1}`,
    files: running ? [{ name: '2026-03-14-07.wav', path: `recorder-${i + 1}/2026-03-14/2026-03-14-07.wav`, format: 'wav' }] : [],
    loss: {
      today_s: lost,
      recording_s: lost,
      growing: state === 'error',
      last: lost > 0 ? { at: iso(state === 'degraded' ? now - 4000 : now - 420_000), length_s: lost, samples: lost * 48_000, cause: 'loss', file: null } : null,
    },
    network: state === 'degraded' ? { level: 'warn', text: 'One line' } : state === 'error' ? { level: 'fault', text: 'Silent' } : ok('Both lines'),
    clock: ok('Locked'),
    disk: ok('38 days left'),
    demo: false,
  }
}

function holdOf(now: number, expired: boolean): Hold {
  return {
    id: expired ? 'hold-expired' : 'hold-complaint', by: 'Otto <otto@radio.example>', since: iso(now - 40 * 86_400_000),
    until: expired ? iso(now - 86_400_000) : null, reason: expired ? 'Promised for a month' : 'Complaint 2026/17 about the morning show', expired,
  }
}

function makeFiles(recorders: Recorder[], now: number): FileEntry[] {
  const hour = 3_600_000
  const top = Math.floor(now / hour) * hour
  return recorders.slice(0, 8).flatMap((recorder, r) =>
    Array.from({ length: 50 }, (_, i): FileEntry => {
      const start = top - i * hour
      const growing = i === 0 && recorder.files.length > 0
      const faulted = r === 5 && i === 3
      return {
        id: `file-${r}-${i}`,
        name: `${iso(start).slice(0, 13).replace('T', '-')}.wav`,
        path: `${recorder.folder}/${iso(start).slice(0, 10)}/${iso(start).slice(0, 13).replace('T', '-')}.wav`,
        recorder_id: recorder.id,
        recorder_name: recorder.name,
        studio_id: recorder.studio?.id ?? null,
        start: iso(start),
        start_civil: iso(start + hour).slice(0, 19),
        zone: '+01:00',
        duration_s: growing ? (now - start) / 1000 : 3600,
        bytes: growing ? ((now - start) / 1000) * 288_000 : 1_036_800_512,
        format: 'wav',
        channels: recorder.channels.length,
        sample_rate: 48_000,
        state: growing ? 'growing' : faulted ? 'faulted' : 'complete',
        note: faulted ? 'The disk refused to write after 14:02:11. It plays up to there.' : null,
        gaps: i % 7 === 3 ? 2 : 0,
        missing_s: i % 7 === 3 ? 0.012 : 0,
        holds: i === 1 && r < 2 ? [holdOf(now, r === 1)] : [],
      }
    }),
  ).sort((a, b) => b.start.localeCompare(a.start))
}

/** What a bad line lost in the last minute, newest first. */
function lossesOf(now: number): Gap[] {
  return [4, 9, 16, 19, 24, 31, 34, 47].map((ago, i): Gap => ({
    at: iso(now - ago * 1000), length_s: 0.02 + 0.4 * (i % 3), samples: 960, cause: 'loss', file: null,
  }))
}

/** A station of a wished size, with every state, long names, and things that need attention. */
export function makeWorld({ recorders: count, now, theme = 'dark', kiosk = false }: Wish): World {
  const names = NAMES.slice(0, count)
  const sources = names.map((name, i) => makeSource(i, name))
  const studios = names.slice(0, Math.min(count, 30)).map(
    (name, i): Studio => ({
      id: `studio-${i.toString(16).padStart(8, '0')}`, name, description: ['Main programme', ''][i % 2]!,
      color: COLOURS[i % COLOURS.length]!, recorder_id: i + 1, enabled: true, demo: false,
    }),
  )
  const recorders = sources.map((source, i) => makeRecorder(i, now, source, studios[i]))
  const notices = recorders
    .filter(({ state }) => state === 'error' || state === 'degraded')
    .map((recorder, i): Notice => ({
      id: `notice-${i}`, level: recorder.state === 'error' ? 'fault' : 'warn', at: iso(now - (i + 1) * 42_000), until: null,
      recorder_id: recorder.id, subject: recorder.name, message: recorder.reason ?? '', action: i === 0 ? 'show_gaps' : null,
      acknowledged: false,
    }))
  return {
    now,
    recorders,
    sources,
    studios,
    files: makeFiles(recorders, now),
    gaps: new Map(recorders.map((recorder) => [recorder.id, recorder.state === 'degraded' ? lossesOf(now) : recorder.loss.last ? [recorder.loss.last] : []])),
    notices,
    announced: announced(now, count > 60 ? 480 : 0),
    selection: studios[0]?.id ?? null,
    settings: {
      station: 'Funkhaus', archive_root: '/srv/audyn', archive_root_locked: null, writing: WRITING, interface: null, theme, discovery: { on: true, interfaces: [] },
      clock: { reference: 'system', device: null, interface: null, domain: null, interfaces: [] },
      reference_dbfs: -18, peak_hold_s: 2, shortcuts: true, engineering_contact: 'Engineering 4711', kiosk, close_to_tray: true,
      pre_roll_s: 120, pre_roll_mib: null,
    },
    playback: {
      state: 'stopped', listening: null, file_id: null, name: null, position_s: 0, duration_s: 0, growing: false, volume: 0.8, output_id: null,
      message: null,
    },
  }
}
