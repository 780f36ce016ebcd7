import type { ApiError, AppEvent, ConfigurationCheck, DoctorReport, FileEntry, FilesDone, Hold, Job, Operations, Recorder, RecorderState, Source, Status } from '../../src/api/contract'
import { clockOf, clockQuality } from './clock'
import type { Transport } from '../../src/api/transport'
import { WRONG_TEXT } from './announced'
import { doctorAt, doctorReport } from './doctor'
import { frameOf, layoutOf } from './levels'
import { FakeAccess, type AccessOperation } from './access'
import type { World } from './world'

type Answers = { [K in keyof Operations]: (request: Operations[K]['request']) => Operations[K]['reply'] }

/** A service in the page: answers every operation from a made-up world, sends its events, and can be taken down. */
export class FakeService implements Transport {
  /** Nothing answers, and no level comes. */
  down = false
  /** Operations that refuse, and with what. */
  readonly refuse = new Map<keyof Operations, ApiError>()
  /** Everything that was asked, for tests. */
  readonly asked: { operation: string; request: unknown }[] = []
  private readonly events = new Set<(event: AppEvent) => void>()
  private readonly frames = new Set<(frame: ArrayBuffer) => void>()
  readonly jobs = new Map<string, Job>()
  private readonly reports = new Map<string, DoctorReport>()
  readonly access: FakeAccess
  private alive = false
  private sequence = 0
  private generation = 1

  constructor(readonly world: World) {
    this.access = new FakeAccess(world.now)
    Object.assign(this.answers, this.access.answers(() => this.emit({ type: 'access' })))
  }

  async call(operation: string, request: unknown): Promise<unknown> {
    this.asked.push({ operation, request })
    if (this.down) throw new Error('nothing answers')
    const refused = this.refuse.get(operation as keyof Operations)
    if (refused) throw refused
    const answer = (this.answers as Answers)[operation as keyof Operations] as ((request: unknown) => unknown) | undefined
    if (!answer) throw { code: 'not_found', message: `there is no operation ${operation}`, request_id: 'fake' } satisfies ApiError
    // As from another process: what is answered is a copy.
    return structuredClone(answer(request))
  }

  async onEvent(take: (event: AppEvent) => void) {
    if (this.down) throw new Error('nothing answers')
    this.events.add(take)
    return () => void this.events.delete(take)
  }

  async levels(take: (frame: ArrayBuffer) => void) {
    if (this.down) throw new Error('nothing answers')
    this.frames.add(take)
    return () => void this.frames.delete(take)
  }

  emit(event: AppEvent): void {
    if (this.down) return
    for (const take of this.events) take(structuredClone(event))
  }

  /** Sends levels 30 times a second and the status each second, until the page goes. */
  run(): void {
    this.alive = true
    setInterval(() => this.frame(performance.now()), 33)
    setInterval(() => this.emit({ type: 'status', data: this.status() }), 1000)
    setInterval(() => this.playOn(0.5), 500)
  }

  /** The doctor has listened for so long. */
  doctorGoesOn(id: string, elapsed: number): void {
    const report = this.reports.get(id)
    const local = this.world.sources.find((one) => one.id === id)?.config.kind === 'pipewire'
    if (!report || report.state !== 'running') {
      if (report) this.emit({ type: 'doctor', data: doctorAt(report, elapsed, local) })
      return
    }
    const next = doctorAt(report, elapsed, local)
    this.reports.set(id, next)
    this.emit({ type: 'doctor', data: next })
  }

  /** The player goes on by so many seconds. */
  playOn(seconds: number): void {
    const { playback } = this.world
    if (playback.state !== 'playing') return
    const at = playback.position_s + seconds
    this.setPlayback(at < playback.duration_s ? { position_s: at } : { state: 'paused', position_s: playback.duration_s })
  }

  frame(at: number): void {
    if (this.down) return
    this.sequence += 1
    const frame = frameOf(layoutOf(this.world, this.generation), this.sequence, at)
    for (const take of this.frames) take(frame)
  }

  status(): Status {
    const { world } = this
    const states: RecorderState[] = ['stopped', 'starting', 'recording', 'degraded', 'stopping', 'error']
    return {
      version: '0.1.0', station: world.settings.station, now: new Date().toISOString(), started: new Date(world.now).toISOString(),
      zone: 'Europe/Zurich', utc_offset_s: 3600,
      counts: states.map((state) => ({ state, count: world.recorders.filter((one) => one.state === state).length })),
      disk: {
        light: { level: 'ok', text: '38 days left' }, free_bytes: 5.62e12, total_bytes: 8e12, rate_bytes_s: 1.7e6,
        full_at: new Date(world.now + 38.2 * 86_400_000).toISOString(),
      },
      clock: { level: 'ok', text: 'Clock locked' }, missing_today_s: 43.284, recorders_missing: 2, complete: 0.999581,
      notices: world.notices, demo: false,
    }
  }

  /** What a configuration file would change here: a text with `refused` in it changes what is recording. */
  private compare(text: string): ConfigurationCheck {
    const changes: ConfigurationCheck['changes'] = [
      { kind: 'changed', part: 'settings', name: 'Radio', fields: [{ field: 'station', before: 'Radio', after: 'Radio West' }], refused: null },
      {
        kind: 'changed', part: 'source', name: 'Studio 1 programme',
        fields: [{ field: 'config.legs[0].address', before: '239.69.1.1', after: '239.69.1.9' }, { field: 'config.legs[1].address', before: null, after: '239.69.2.9' }],
        refused: text.includes('refused') ? 'Studio 1 is recording it. Stop that first; then change it.' : null,
      },
      { kind: 'added', part: 'recorder', name: 'Concert hall', fields: [{ field: 'name', before: null, after: 'Concert hall' }], refused: null },
      { kind: 'removed', part: 'studio', name: 'Studio 9', fields: [], refused: null },
    ]
    const shown = text.includes('same') ? [] : changes
    return { changes: shown, unchanged: 12, refused: shown.filter(({ refused }) => refused).length, fingerprint: 'abc' }
  }

  private recorder(id: number): Recorder {
    const found = this.world.recorders.find((one) => one.id === id)
    if (!found) throw { code: 'not_found', message: `there is no recorder ${id}`, request_id: 'fake' } satisfies ApiError
    return found
  }

  private source(id: string): Source {
    const found = this.world.sources.find((one) => one.id === id)
    if (!found) throw { code: 'not_found', message: `there is no source ${id}`, request_id: 'fake' } satisfies ApiError
    return found
  }

  private changeHolds(ids: string[], change: (holds: Hold[]) => Hold[]): FilesDone {
    const known = this.world.files.filter(({ id }) => ids.includes(id))
    for (const file of known) {
      const now = { ...file, holds: change(file.holds) }
      this.world.files = this.world.files.map((one) => (one.id === file.id ? now : one))
      this.emit({ type: 'file', data: now })
    }
    const done = known.map(({ id }) => id)
    return { done, refused: ids.filter((id) => !done.includes(id)).map((id) => ({ id, message: 'There is no such file' })) }
  }
  private setState(recorder: Recorder, state: RecorderState): void {
    recorder.state = state
    recorder.wanted = state !== 'stopped'
    recorder.reason = null
    recorder.since = state === 'recording' ? new Date().toISOString() : null
    recorder.files = state === 'recording' ? [{ name: '2026-03-14-08.wav', path: `${recorder.folder}/2026-03-14-08.wav`, format: 'wav' }] : []
    this.emit({ type: 'recorder', data: recorder })
  }

  private changeStudio(id: string, change: (studio: World['studios'][number]) => void) {
    const studio = this.world.studios.find((one) => one.id === id)
    if (!studio) throw { code: 'not_found', message: `there is no studio ${id}`, request_id: 'fake' } satisfies ApiError
    change(studio)
    for (const recorder of this.world.recorders) {
      const mine = this.world.studios.find((one) => one.recorder_id === recorder.id)
      recorder.studio = mine ? { id: mine.id, name: mine.name, color: mine.color } : null
    }
    this.emit({ type: 'studio', data: studio })
    return studio
  }

  private selection() {
    const studio = this.world.studios.find(({ id }) => id === this.world.selection) ?? null
    return { studio_id: studio?.id ?? null, studio }
  }

  private readonly answers: Omit<Answers, AccessOperation> = {
    status: () => this.status(),
    start_all: () => {
      const able = this.world.recorders.filter(({ state, source }) => state === 'stopped' && source)
      for (const one of able) this.setState(one, 'recording')
      return { done: able.map(({ id }) => id), refused: [] }
    },
    stop_all: () => {
      const able = this.world.recorders.filter(({ state }) => state !== 'stopped')
      for (const one of able) this.setState(one, 'stopped')
      return { done: able.map(({ id }) => id), refused: [] }
    },
    acknowledge: ({ id }) => {
      for (const notice of this.world.notices) if (notice.id === id) notice.acknowledged = true
      this.emit({ type: 'status', data: this.status() })
      return {}
    },
    history: () => ({
      entries: this.world.recorders.slice(0, 20).map((recorder, i) => ({
        id: 1000 - i, at: new Date(this.world.now - i * 600_000).toISOString(), recorder_id: recorder.id,
        subject: recorder.name, kind: 'started', message: 'Recording started',
      })),
      more: false,
    }),
    settings: () => this.world.settings,
    change_settings: (change) => {
      const given = Object.entries(change).filter(([, value]) => value !== null && value !== undefined)
      Object.assign(this.world.settings, Object.fromEntries(given))
      this.emit({ type: 'settings', data: this.world.settings })
      return this.world.settings
    },
    clock: () => clockOf(this.world.now),
    interfaces: () => ({
      interfaces: [
        { name: 'lo', addresses: ['127.0.0.1'], up: true, loopback: true },
        { name: 'eno1', addresses: ['10.20.4.8'], up: true, loopback: false },
        { name: 'eno2', addresses: [], up: false, loopback: false },
      ],
    }),
    diagnostics: () => ({
      version: 'audyn 0.1.0', state_dir: '/var/lib/audyn', started: new Date(this.world.now).toISOString(),
      real_time: 'SCHED_FIFO 60', schema: 1, database_bytes: 131_072, processors: 8, memory_bytes: 94_371_840,
      pre_roll_bytes: 34_560_000, pre_roll_limit_bytes: 1_073_741_824,
      secrets: "Secrets are kept by this session's keyring (Secret Service).",
      licence: 'MIT or Apache-2.0. MP3 by LAME, LGPL.',
    }),
    backups: () => ({
      backups: [{ name: 'audyn-2026-03-14T03-00-00Z.db', made: '2026-03-14T03:00:00Z', bytes: 131_072, schema: 1, contents: '64 recorders, 64 sources, 30 studios' }],
    }),
    make_backup: () => ({ name: 'audyn-now.db', made: new Date().toISOString(), bytes: 131_072, schema: 1, contents: '64 recorders' }),
    check_backup: ({ name }) => ({ name, made: '2026-03-14T03:00:00Z', bytes: 131_072, schema: 1, contents: '64 recorders, 64 sources, 30 studios' }),
    restore_backup: () => ({}),
    export_configuration: () => ({ name: 'audyn-radio.toml', text: 'audyn_configuration = 1\n' }),
    check_configuration: ({ text }) => this.compare(text),
    import_configuration: ({ text }) => this.compare(text),
    remove_demo: () => ({}),
    level_layout: () => layoutOf(this.world, this.generation),
    list_recorders: () => ({ recorders: this.world.recorders }),
    recorder: ({ id }) => this.recorder(id),
    create_recorder: ({ name, description, source_id }) => {
      const source = source_id ? this.source(source_id) : undefined
      const made: Recorder = {
        ...this.world.recorders[0]!, id: Math.max(0, ...this.world.recorders.map(({ id }) => id)) + 1, name,
        description: description ?? '', state: 'stopped', since: null, files: [], reason: null, studio: null,
        source: source ? { id: source.id, name: source.name, kind: source.kind, summary: source.summary } : null,
        meter: source?.meter ?? null, channels: source?.channels ?? [],
      }
      this.world.recorders.push(made)
      this.emit({ type: 'recorder', data: made })
      return made
    },
    change_recorder: ({ id, name, description, source_id }) => {
      const one = this.recorder(id)
      if (name) one.name = name
      if (description !== null && description !== undefined) one.description = description
      if (source_id) {
        const source = this.source(source_id)
        one.source = { id: source.id, name: source.name, kind: source.kind, summary: source.summary }
        one.meter = source.meter
        one.channels = source.channels
      } else if (source_id === '') Object.assign(one, { source: null, meter: null, channels: [] })
      this.emit({ type: 'recorder', data: one })
      return one
    },
    change_recorder_config: ({ id, config }) => {
      const one = this.recorder(id)
      one.config = config
      one.pending = one.state === 'recording'
      this.emit({ type: 'recorder', data: one })
      return one
    },
    delete_recorder: ({ id }) => {
      this.world.recorders = this.world.recorders.filter((one) => one.id !== id)
      this.emit({ type: 'recorder_removed', data: id })
      return {}
    },
    start_recorder: ({ id }) => {
      this.setState(this.recorder(id), 'recording')
      return { message: 'Recording started', recorder_id: id }
    },
    stop_recorder: ({ id }) => {
      this.setState(this.recorder(id), 'stopped')
      return { message: 'Recording stopped', recorder_id: id }
    },
    recorder_gaps: ({ id }) => ({ gaps: this.world.gaps.get(id) ?? [], more: false }),
    recorder_counters: () => ({
      stream: [{ name: 'packets', value: 1_234_567 }, { name: 'late', value: 3 }],
      stages: [
        { name: 'encoded_frames', value: 59_259_216 }, { name: 'encoded_bytes', value: 355_555_296 }, { name: 'encoding_ns', value: 1_234_500_000 },
        { name: 'disk_writes', value: 6_220 }, { name: 'disk_slowest_ns', value: 41_300_000 }, { name: 'disk_faults', value: 0 },
        { name: 'catalogue_entries', value: 3 }, { name: 'catalogue_owed', value: 0 },
      ],
      legs: [{ address: '239.69.1.1:5004', interface: 'eno1', receive_buffer: 2_097_152, jitter_us: 41.2, counts: [{ name: 'packets', value: 1_234_567 }] }],
      bits: 24, time_basis: 'media-clock', lag_us: 1040, drift_ppb: null, trouble: null,
    }),
    preview_names: ({ writing }) => ({
      files: Array.from({ length: 5 }, (_, i) => {
        const at = new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000 + i * 3_600_000).toISOString()
        return { at, paths: writing.outputs.map(({ format }) => `${at.slice(0, 10)}/${at.slice(0, 13).replace('T', '-')}.${format}`) }
      }),
      problems: writing.layout === 'custom' && !writing.custom_format ? ['the layout "custom" needs a format'] : [],
      clock_change: [],
    }),
    list_sources: () => ({ sources: this.world.sources }),
    create_source: ({ name, config }) => {
      const made: Source = { ...this.world.sources[0]!, id: `source-${Date.now()}`, name, config, kind: config.kind, recorders: [] }
      this.world.sources.push(made)
      this.generation += 1
      this.emit({ type: 'source', data: made })
      this.emit({ type: 'levels', data: layoutOf(this.world, this.generation) })
      return made
    },
    change_source: ({ id, name, config }) => {
      const one = this.source(id)
      if (name) one.name = name
      if (config) one.config = config
      this.emit({ type: 'source', data: one })
      return one
    },
    delete_source: ({ id }) => {
      const one = this.source(id)
      if (one.recorders.length > 0) {
        throw { code: 'conflict', message: `Recorder ${one.recorders[0]} takes ${one.name}. Give it another source first.`, request_id: 'fake' } satisfies ApiError
      }
      this.world.sources = this.world.sources.filter((other) => other !== one)
      this.emit({ type: 'source_removed', data: id })
      return {}
    },
    source_counters: ({ id }) => ({ counters: this.answers.recorder_counters({ id: Number(id.split('-')[1]) }), reason: null }),
    ask_doctor: ({ id, seconds }) => {
      const report = doctorReport(id, this.world.sources.find((one) => one.id === id)?.name ?? '', seconds ?? 5)
      this.reports.set(id, report)
      // A page in a browser sees it grow; tests say themselves how far it is.
      if (this.alive) for (let s = 1; s <= report.seconds + 2; s++) setTimeout(() => this.doctorGoesOn(id, s), s * 500)
      return report
    },
    cancel_doctor: ({ id }) => {
      const report: DoctorReport = { ...this.reports.get(id)!, state: 'cancelled', elapsed_s: 600 }
      this.reports.set(id, report)
      return report
    },
    doctor_reports: () => ({ reports: [...this.reports.values()] }),
    metrics: () => ({ text: '# HELP audyn_info This program; always 1.\n# TYPE audyn_info gauge\naudyn_info{version="1"} 1\n' }),
    list_inputs: () => ({
      nodes: [
        { name: 'alsa_input.usb-Desk_One-00.multichannel-input', description: 'Desk One', kind: 'input', channels: ['AUX0', 'AUX1', 'AUX2', 'AUX3', 'AUX4', 'AUX5', 'AUX6', 'AUX7'], sample_rate: 48_000 },
        { name: 'alsa_output.pci-0000_00_1f.3.analog-stereo', description: 'Built-in audio', kind: 'monitor', channels: ['FL', 'FR'], sample_rate: 48_000 },
        { name: 'playout', description: 'Playout', kind: 'application', channels: ['FL', 'FR'], sample_rate: 48_000 },
      ],
      nodes_message: null,
      cards: [
        { id: 'alsa:default', name: 'Default ALSA input', default: true, channels: 64, sample_rates: [44_100, 48_000, 96_000] },
        { id: 'alsa:hw:CARD=One,DEV=0', name: 'Desk One, USB Audio', default: false, channels: 8, sample_rates: [44_100, 48_000] },
      ],
      cards_message: null,
    }),
    read_sdp: ({ text }) =>
      text.includes('m=audio')
        ? {
            name: 'Hall stagebox', warnings: [], problems: [],
            streams: [{ name: 'Hall stagebox', clock: 'PTP 39-A7-94-FF-FE-07-CB-D0, domain 0', config: { legs: [{ address: '239.69.20.5', port: 5004 }], pick: [], labels: [], stream_channels: 64, encoding: 'L24', sample_rate: 48_000 } }],
          }
        : { name: '', warnings: [], streams: [], problems: [{ line: 7, message: '"a=rtpmap:96 L24" has no sample rate; a rate would follow the slash' }] },
    discovered: () => this.world.announced,
    discovered_sdp: ({ session }) => {
      const wrong = this.world.announced.streams.find((one) => one.session === session && one.problems.length > 0)
      const reading = wrong
        ? { name: wrong.name, warnings: [], streams: [], problems: [{ line: 7, message: 'has no sample rate; a rate would follow the slash' }] }
        : { name: '', warnings: [], streams: [], problems: [] }
      return { text: wrong ? WRONG_TEXT : 'v=0\r\n', reading }
    },
    adopt_stream: ({ session, stream, name, pick }) => {
      const found = this.world.announced.streams.find((one) => one.session === session && one.stream === (stream ?? 0))
      if (!found) throw { code: 'not_found', message: 'This session is not announced any more. Look at the list again.', request_id: 'fake' } satisfies ApiError
      const made: Source = {
        ...this.world.sources[0]!, id: `source-${Date.now()}`, name: name ?? found.name, recorders: [],
        follow: { level: 'ok', text: 'Follows its sender' },
        config: { kind: 'aes67', legs: found.legs, pick, labels: found.labels, stream_channels: found.channels, encoding: found.encoding },
        channels: pick.map((channel) => found.labels[channel - 1] || String(channel)),
      }
      found.sources = [...found.sources, made.id]
      this.world.sources.push(made)
      this.emit({ type: 'source', data: made })
      return made
    },
    list_studios: () => ({ studios: this.world.studios }),
    create_studio: ({ name, description, color }) => {
      const made = {
        id: `studio-${Date.now().toString(16).slice(-8)}`, name, description: description ?? '', color: color ?? '#2196F3',
        recorder_id: null, enabled: true, demo: false,
      }
      this.world.studios.push(made)
      this.emit({ type: 'studio', data: made })
      return made
    },
    change_studio: ({ id, name, description, color, enabled }) =>
      this.changeStudio(id, (studio) => {
        studio.name = name ?? studio.name
        studio.description = description ?? studio.description
        studio.color = color ?? studio.color
        studio.enabled = enabled ?? studio.enabled
      }),
    delete_studio: ({ id }) => {
      this.world.studios = this.world.studios.filter((one) => one.id !== id)
      this.emit({ type: 'studio_removed', data: id })
      return {}
    },
    assign_studio: ({ id, recorder_id }) => {
      for (const other of this.world.studios) {
        if (other.recorder_id === recorder_id && other.id !== id && recorder_id) this.changeStudio(other.id, (one) => (one.recorder_id = null))
      }
      const studio = this.changeStudio(id, (one) => (one.recorder_id = recorder_id ?? null))
      for (const recorder of this.world.recorders) this.emit({ type: 'recorder', data: recorder })
      return studio
    },
    current_selection: () => this.selection(),
    select_studio: ({ id }) => {
      this.world.selection = id
      return this.selection()
    },
    list_files: ({ recorder_id, studio_id, day, search, format, with_gaps, held, cursor, limit }) => {
      const wanted = this.world.files.filter(
        (file) =>
          (!recorder_id || file.recorder_id === recorder_id) && (!studio_id || file.studio_id === studio_id) &&
          (!day || file.start_civil.startsWith(day)) && (!format || file.format === format) && (!with_gaps || file.gaps > 0) &&
          (!held || file.holds.some(({ expired }) => !expired)) &&
          (!search || `${file.name} ${file.recorder_name}`.toLowerCase().includes(search.toLowerCase())),
      )
      const from = Number(cursor ?? 0)
      const to = from + (limit ?? 200)
      return {
        files: wanted.slice(from, to), next: to < wanted.length ? String(to) : null, total: wanted.length,
        total_bytes: wanted.reduce((sum, { bytes }) => sum + bytes, 0),
      }
    },
    file_tree: () => ({
      branches: this.world.recorders.slice(0, 8).map((recorder) => {
        const mine = this.world.files.filter(({ recorder_id }) => recorder_id === recorder.id)
        const days = [...new Set(mine.map(({ start_civil }) => start_civil.slice(0, 10)))].sort().reverse()
        return {
          folder: recorder.folder, name: recorder.name, studio_id: recorder.studio?.id ?? null, recorder_id: recorder.id,
          days: days.map((day) => {
            const of = mine.filter(({ start_civil }) => start_civil.startsWith(day))
            return { day, files: of.length, bytes: of.reduce((sum, { bytes }) => sum + bytes, 0) }
          }),
        }
      }),
    }),
    file: ({ id }) => {
      const file = this.world.files.find((one) => one.id === id)
      if (!file) throw { code: 'not_found', message: `there is no file ${id}`, request_id: 'fake' } satisfies ApiError
      const gaps = Array.from({ length: file.gaps }, (_, i) => ({
        at: new Date(Date.parse(file.start) + (i + 1) * 600_000).toISOString(), length_s: file.missing_s / file.gaps,
        samples: Math.round((file.missing_s / file.gaps) * file.sample_rate), cause: 'loss' as const, file: file.name,
      }))
      const marks = file.id === this.world.files[0]?.id ? [] : Array.from({ length: 3 }, (_, i) => ({
        id: `mark-${i}`, kind: 'vox' as const, at: new Date(Date.parse(file.start) + i * 700_000).toISOString(),
        from_s: i * 700, to_s: i * 700 + 95.4, text: null,
      }))
      return { file, gaps, marks, more_marks: 0, drift: null, clock: clockQuality,
      clock_sealed: clockQuality,
      time_basis: 'media-clock', hash: file.state === 'complete' ? '9f2c'.repeat(16) : null }
    },
    delete_files: ({ ids }) => {
      const held = (file: FileEntry) => file.holds.some(({ expired }) => !expired)
      const going = this.world.files.filter((file) => ids.includes(file.id) && file.state !== 'growing' && !held(file)).map(({ id }) => id)
      this.world.files = this.world.files.filter(({ id }) => !going.includes(id))
      this.emit({ type: 'files_removed', data: going })
      return {
        done: going,
        refused: ids.filter((id) => !going.includes(id)).map((id) => {
          const file = this.world.files.find((one) => one.id === id)
          return { id, message: file && held(file) ? `${file.name} is held by ${file.holds[0]?.by}` : 'It is being written' }
        }),
      }
    },
    hold_files: ({ ids, reason, until }) => {
      const hold = { id: `hold-${this.asked.length}`, by: 'This machine', since: new Date(this.world.now).toISOString(), until: until ?? null, reason, expired: false }
      return this.changeHolds(ids, (holds) => [...holds, hold])
    },
    lift_holds: ({ ids, hold_id }) => this.changeHolds(ids, (holds) => holds.filter(({ id }) => hold_id != null && id !== hold_id)),
    copy_files: ({ ids, folder }) =>
      this.setJob({ id: `job-${this.jobs.size + 1}`, kind: 'copy', state: 'running', done: 312_000_000, total: ids.length * 1_036_800_512, message: folder }),
    list_jobs: () => ({ jobs: [...this.jobs.values()] }),
    cancel_job: ({ id }) => {
      const job = this.jobs.get(id)
      if (!job) throw { code: 'not_found', message: `there is no job ${id}`, request_id: 'fake' } satisfies ApiError
      return this.setJob({ ...job, state: 'cancelled', message: 'Cancelled' })
    },
    playback: () => this.world.playback,
    play: ({ file_id, at_s }) => {
      const file = this.world.files.find(({ id }) => id === file_id)
      return this.setPlayback({ state: 'playing', listening: null, file_id, name: file?.name ?? null, position_s: at_s ?? 0, duration_s: file?.duration_s ?? 0, growing: file?.state === 'growing' })
    },
    listen: ({ source_id, recorder_id }) => {
      const recorder = recorder_id ? this.recorder(recorder_id) : undefined
      const id = source_id ?? recorder?.source?.id ?? ''
      const listening = { source_id: id, recorder_id: recorder_id ?? null, name: recorder?.name ?? this.source(id).name, skips: 0 }
      return this.setPlayback({ state: 'playing', file_id: null, name: null, listening })
    },
    pause: () => this.setPlayback({ state: 'paused' }),
    resume: () => this.setPlayback({ state: 'playing' }),
    seek: ({ position_s }) => this.setPlayback({ position_s }),
    stop_playback: () => this.setPlayback({ state: 'stopped', position_s: 0, listening: null }),
    set_volume: ({ volume }) => this.setPlayback({ volume }),
    list_outputs: () => ({ outputs: [{ id: 'default', name: 'Built-in audio', default: true }, { id: 'usb', name: 'USB headphones', default: false }], message: null }),
    choose_output: ({ id }) => this.setPlayback({ output_id: id ?? null }),
  }

  setJob(job: Job): Job {
    this.jobs.set(job.id, job)
    this.emit({ type: 'job', data: job })
    return job
  }

  private setPlayback(change: Partial<World['playback']>): World['playback'] {
    Object.assign(this.world.playback, change)
    this.emit({ type: 'playback', data: this.world.playback })
    return this.world.playback
  }
}
