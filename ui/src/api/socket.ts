/** So often a socket is asked whether it lives. */
export const PING_MS = 10_000
/** So long without a word, and it is taken for dead: the service says something at least every 30 s. */
export const SILENCE_MS = 25_000
/** So long it may take to open. */
export const OPENING_MS = 10_000
/** The longest wait before it is tried again. */
export const LONGEST_WAIT_MS = 15_000
const FIRST_WAIT_MS = 500
/** The service's word for "this session holds no longer". */
export const SIGNED_OUT = 4401

/** What a socket needs of a WebSocket. */
export type Wire = Pick<WebSocket, 'send' | 'close' | 'readyState'> & {
  binaryType: BinaryType
  onopen: ((event: Event) => void) | null
  onmessage: ((event: MessageEvent) => void) | null
  onclose: ((event: CloseEvent) => void) | null
}

interface Given {
  open(): Wire
  take(data: string | ArrayBuffer): void
  /** It is there, or it is gone. */
  changed?(there: boolean): void
  /** The service has refused it: it is not tried again until `start`. */
  refused(): void
  /** From 0 to below 1; many pages must not come back at the same moment. */
  chance?(): number
}

/** How long to wait before the next try, after so many in vain: doubled each time, and spread over its upper half. */
export function waitAfter(tries: number, chance: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries, 10)) * (0.5 + chance / 2)
}

/** A socket that comes back: tried again after it was cut, at once when the network or the page wakes. */
export class LastingSocket {
  private wire: Wire | undefined
  private wanted = false
  private there = false
  private tries = 0
  private heardAt = 0
  private waiting: ReturnType<typeof setTimeout> | undefined
  private watching: ReturnType<typeof setInterval> | undefined

  constructor(private readonly given: Given) {}

  start(): void {
    if (this.wanted) return
    this.wanted = true
    this.tries = 0
    this.connect()
  }

  stop(): void {
    this.wanted = false
    this.drop()
  }

  /** The network is back, or somebody looks at the page again: no waiting. */
  wake(): void {
    if (!this.wanted) return
    if (this.waiting !== undefined) this.connect()
    else this.look()
  }

  private connect(): void {
    clearTimeout(this.waiting)
    this.waiting = undefined
    const wire = this.given.open()
    this.wire = wire
    wire.binaryType = 'arraybuffer'
    this.heardAt = Date.now()
    const late = setTimeout(() => this.lost(wire), OPENING_MS)
    wire.onopen = () => {
      clearTimeout(late)
      if (this.wire !== wire) return
      this.tries = 0
      this.heardAt = Date.now()
      this.watching = setInterval(() => this.look(), PING_MS)
      this.tell(true)
    }
    wire.onmessage = ({ data }: MessageEvent) => {
      if (this.wire !== wire) return
      this.heardAt = Date.now()
      this.given.take(data as string | ArrayBuffer)
    }
    wire.onclose = ({ code }) => {
      clearTimeout(late)
      if (this.wire !== wire) return
      if (code !== SIGNED_OUT) return this.lost(wire)
      this.wanted = false
      this.drop()
      this.given.refused()
    }
  }

  /** Asks whether it lives; one that was silent for too long is cut. */
  private look(): void {
    const { wire } = this
    if (!wire || wire.readyState !== 1) return
    if (Date.now() - this.heardAt > SILENCE_MS) return this.lost(wire)
    wire.send('{"type":"ping"}')
  }

  private lost(wire: Wire): void {
    if (this.wire !== wire) return
    this.drop()
    if (!this.wanted) return
    this.waiting = setTimeout(() => this.connect(), waitAfter(this.tries, (this.given.chance ?? Math.random)()))
    this.tries += 1
  }

  private drop(): void {
    clearTimeout(this.waiting)
    clearInterval(this.watching)
    this.waiting = undefined
    const { wire } = this
    this.wire = undefined
    wire?.close()
    this.tell(false)
  }

  private tell(there: boolean): void {
    if (this.there === there) return
    this.there = there
    this.given.changed?.(there)
  }
}
