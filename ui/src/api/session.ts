import { getCurrentScope, onScopeDispose } from 'vue'
import { Client } from './client'
import type { AppEvent } from './contract'
import { LevelBoard } from './levels'
import type { Transport, Unsubscribe } from './transport'

type EventType = AppEvent['type']
type DataOf<T extends EventType> = Extract<AppEvent, { type: T }> extends { data: infer Data } ? Data : undefined
type Take = (data: never) => void

/** The page's connection: the client, the events, the levels. */
export class Session {
  readonly client: Client
  readonly board = new LevelBoard()
  private heard = false
  private listening = false
  private measuring = false
  private readonly takers = new Map<EventType, Set<Take>>()

  constructor(private readonly transport: Transport) {
    this.client = new Client(transport)
  }

  /**
   * Opens events and levels. Events come first and the layout is asked for after that, so that no change falls between.
   * What does not succeed is tried again when `resync` says that the service is there.
   */
  async open(now: () => number = () => performance.now()): Promise<void> {
    if (!this.heard) {
      this.heard = true
      this.on('levels', (layout) => this.board.setLayout(layout))
      this.on('resync', () => void this.open(now).catch(() => undefined))
    }
    if (!this.listening) {
      await this.transport.onEvent((event) => this.deliver(event))
      this.listening = true
    }
    if (!this.measuring) {
      await this.transport.levels((frame) => this.board.take(frame, now()))
      this.measuring = true
    }
    this.board.setLayout(await this.client.call('level_layout', {}))
  }

  /** Whether events arrive, told when it changes; never where they cannot be cut. */
  onHearing(take: (hears: boolean) => void): Unsubscribe {
    return this.transport.onHearing?.(take) ?? (() => undefined)
  }

  on<T extends EventType>(type: T, take: (data: DataOf<T>) => void): () => void {
    let set = this.takers.get(type)
    if (!set) {
      set = new Set()
      this.takers.set(type, set)
    }
    set.add(take as Take)
    return () => set.delete(take as Take)
  }

  /** Tells everybody that facts were missed: they load again. */
  resync(): void {
    this.deliver({ type: 'resync' })
  }

  private deliver(event: AppEvent): void {
    const data = 'data' in event ? event.data : undefined
    for (const take of this.takers.get(event.type) ?? []) take(data as never)
  }
}

let current: Session | undefined

/** Makes this the page's session. Called once at the start, and by each test. */
export function connect(transport: Transport): Session {
  current = new Session(transport)
  return current
}

export function session(): Session {
  if (!current) throw new Error('the session is used before connect() was called')
  return current
}

/** Follows one kind of event, until the scope it is called in ends. */
export function useEvent<T extends EventType>(type: T, take: (data: DataOf<T>) => void): void {
  const end = session().on(type, take)
  if (getCurrentScope()) onScopeDispose(end)
}
