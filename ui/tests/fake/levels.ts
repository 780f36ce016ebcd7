import type { LevelLayout } from '../../src/api/contract'
import type { World } from './world'

export function layoutOf(world: World, generation: number): LevelLayout {
  return { generation, meters: world.sources.map(({ meter, channels }) => ({ id: meter, channels })) }
}

/** A programme-like level: slow swell, speech-like peaks, each meter its own. */
function programme(at: number, seed: number): number {
  const swell = Math.sin(at / 2300 + seed) * 4
  const words = Math.sin(at / 190 + seed * 3) * Math.sin(at / 71 + seed) * 7
  return -14 + swell + words
}

/** One frame as the engine sends it. Meter 5 has no data; 7 is nearly silent; the second bar of 3 clips now and then. */
export function frameOf(layout: LevelLayout, sequence: number, at: number): ArrayBuffer {
  const floats = layout.meters.reduce((sum, { channels }) => sum + 1 + 3 * channels.length, 2)
  const values = new Float32Array(floats)
  values[0] = layout.generation
  values[1] = sequence % 2 ** 24
  let i = 2
  for (const [m, { id, channels }] of layout.meters.entries()) {
    const none = id === 'meter-5'
    values[i++] = none ? -1 : 5
    for (let channel = 0; channel < channels.length; channel += 1) {
      const level = id === 'meter-7' ? -58 + Math.sin(at / 900) * 3 : programme(at, m + channel * 0.4)
      const clips = id === 'meter-3' && channel === 6 ? Math.floor(sequence / 200) : 0
      values[i] = Math.min(0, level)
      values[i + 1] = Math.min(0, level) - 9
      values[i + 2] = clips
      i += 3
    }
  }
  return values.buffer
}
