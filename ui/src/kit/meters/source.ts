import type { InjectionKey } from 'vue'

/** The latest levels of one meter. The arrays are the source's own and are overwritten by the next frame. */
export interface LevelFrame {
  /** When these levels were measured, in milliseconds of `performance.now()`. */
  at: number
  /** Sample or true peak per channel, dBFS or dBTP. */
  peak: Float32Array
  rms: Float32Array
  /** Clips per channel since the source was connected. */
  clips: Float32Array
}

/** Where meters get their levels from: read once per animation frame, never watched. */
export interface LevelSource {
  frame(meterId: string): LevelFrame | undefined
}

export const LEVEL_SOURCE: InjectionKey<LevelSource> = Symbol('level source')

/** What the station has set for all meters. */
export interface MeterSettings {
  /** The alignment level that is marked. */
  referenceDb: number
  /** How long a peak is held; 0 until it is touched. */
  holdSeconds: number
  /** The zone of the clock in which a clip is told. */
  zone: string
}

export const METER_SETTINGS: InjectionKey<() => MeterSettings> = Symbol('meter settings')

/** Where nothing was set. */
export function defaultMeterSettings(): MeterSettings {
  return { referenceDb: -18, holdSeconds: 2, zone: Intl.DateTimeFormat().resolvedOptions().timeZone }
}
