import type { AppEvent } from './contract'

/** Ends a subscription. */
export type Unsubscribe = () => void

/** A way to the service. It carries; it adds no behaviour. */
export interface Transport {
  /** Answers with the reply, or rejects with an error as the contract has it. `givenUp` ends what can be ended. */
  call(operation: string, request: unknown, givenUp?: AbortSignal): Promise<unknown>
  onEvent(take: (event: AppEvent) => void): Promise<Unsubscribe>
  /** Frames of levels, latest wins. */
  levels(take: (frame: ArrayBuffer) => void): Promise<Unsubscribe>
  /** Whether events arrive, told when it changes. A way that cannot be cut has none. */
  onHearing?(take: (hears: boolean) => void): Unsubscribe
}
