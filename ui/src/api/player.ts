import type { Playback } from './contract'

/** Why the browser does not play it. */
export type Failure = 'format' | 'network' | 'refused'

/** What is played: a file of the archive. */
export interface Sound {
  id: string
  name: string
  /** Seconds. */
  length: number
  growing: boolean
}

type Told = Omit<Playback, 'message'> & { failure?: Failure }

/** Plays files in this page, by their address; one at a time. Sound goes where the browser sends it. */
export class BrowserPlayer {
  private sound: Sound | undefined
  private failure: Failure | undefined
  private state: Playback['state'] = 'stopped'
  /** Where to begin once the file is known, in seconds. */
  private from = 0
  /** Where this reading began, in seconds. */
  private beganAt = 0
  /** Counts readings: what a browser kept of a growing file is not asked for again. */
  private reading = 0
  private readonly takers = new Set<(told: Told) => void>()

  constructor(
    private readonly address: (fileId: string) => string,
    private readonly audio: HTMLAudioElement = new Audio(),
  ) {
    audio.preload = 'auto'
    audio.addEventListener('loadedmetadata', () => {
      if (this.from > 0) audio.currentTime = Math.min(this.from, this.known())
      this.from = 0
    })
    audio.addEventListener('playing', () => this.become('playing'))
    audio.addEventListener('pause', () => this.state === 'playing' && this.become('paused'))
    audio.addEventListener('timeupdate', () => this.tell())
    audio.addEventListener('volumechange', () => this.tell())
    audio.addEventListener('ended', () => this.ended())
    audio.addEventListener('error', () => this.broken())
  }

  onChange(take: (told: Told) => void): () => void {
    this.takers.add(take)
    return () => this.takers.delete(take)
  }

  told(): Told {
    const { sound, audio } = this
    return {
      state: this.state, listening: null, file_id: sound?.id ?? null, name: sound?.name ?? null,
      position_s: this.from > 0 ? this.from : audio.currentTime || 0,
      duration_s: Math.max(sound?.length ?? 0, this.known()), growing: sound?.growing ?? false, volume: audio.volume, output_id: null,
      failure: this.failure,
    }
  }

  play(sound: Sound, at: number): Promise<void> {
    this.sound = sound
    return this.begin(at)
  }
  pause(): void {
    this.audio.pause()
  }
  resume(): Promise<void> {
    return this.run()
  }
  /** Goes to a place; one that a growing file had not when it was read is read anew. */
  async seek(at: number): Promise<void> {
    if (!this.sound) return
    if (this.sound.growing && at > this.known()) return this.begin(at)
    if (this.audio.readyState === 0) this.from = at
    else this.audio.currentTime = at
    this.tell()
  }
  end(): void {
    this.sound = undefined
    this.failure = undefined
    this.from = 0
    this.state = 'stopped'
    this.audio.pause()
    this.audio.removeAttribute('src')
    this.audio.load()
    this.tell()
  }
  setVolume(volume: number): void {
    this.audio.volume = Math.max(0, Math.min(volume, 1))
  }
  /** The file has grown, or is finished. */
  grown(sound: Sound): void {
    if (this.sound?.id !== sound.id) return
    this.sound = sound
    this.tell()
  }

  /** Seconds that the browser knows of. */
  private known(): number {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : 0
  }

  private async begin(at: number): Promise<void> {
    if (!this.sound) return
    this.failure = undefined
    this.from = at
    this.beganAt = at
    this.reading += 1
    const address = this.address(this.sound.id)
    // A fragment is not sent: to the browser it is another address, to the station the same.
    this.audio.src = this.sound.growing ? `${address}#read=${this.reading}` : address
    await this.run()
  }

  private async run(): Promise<void> {
    try {
      await this.audio.play()
    } catch (cause) {
      const { name } = cause as DOMException
      // Another file was begun, or it was ended: that is no failure of this one.
      if (name === 'AbortError' || this.failure) return
      this.fail(name === 'NotAllowedError' ? 'refused' : 'format')
    }
  }

  /** What was read has ended; a growing file has more by now. */
  private ended(): void {
    const { sound } = this
    const heard = this.audio.currentTime
    if (sound?.growing && sound.length > heard + 1) void this.begin(heard)
    else this.become('paused')
  }

  /** A growing file is another one than was begun, and a browser may stop at that: it is read anew where it was heard last. */
  private broken(): void {
    const heard = this.audio.currentTime || 0
    if (this.sound?.growing && heard > this.beganAt + 1) void this.begin(heard)
    else this.fail(this.audio.error?.code === 2 ? 'network' : 'format')
  }

  private fail(failure: Failure): void {
    if (!this.sound) return
    this.failure = failure
    this.become('error')
  }
  private become(state: Playback['state']): void {
    this.state = state
    if (state === 'playing') this.failure = undefined
    this.tell()
  }
  private tell(): void {
    const told = this.told()
    this.takers.forEach((take) => take(told))
  }
}
