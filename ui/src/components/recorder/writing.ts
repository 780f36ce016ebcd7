import type { Format, Output, RecorderConfig, Vox, Writing } from '@/stores'

/** The parts of a recorder's settings that each follow the station or are its own. */
export type Part = 'outputs' | 'layout' | 'period_s' | 'clock'

/** What holds with these settings. */
export function effective(config: RecorderConfig, station: Writing): Writing {
  const own = config.layout ?? undefined
  return {
    outputs: config.outputs ?? station.outputs,
    layout: own ?? station.layout,
    custom_format: own ? (config.custom_format ?? null) : (station.custom_format ?? null),
    period_s: config.period_s ?? station.period_s,
    clock: config.clock ?? station.clock,
  }
}

/** Makes a part the recorder's own, beginning with what the station has, or lets it follow again. */
export function withOwn(config: RecorderConfig, part: Part, own: boolean, station: Writing): RecorderConfig {
  const now = effective(config, station)
  switch (part) {
    case 'outputs':
      return { ...config, outputs: own ? now.outputs.map((output) => ({ ...output })) : null }
    case 'layout':
      return { ...config, layout: own ? now.layout : null, custom_format: own ? now.custom_format : null }
    case 'period_s':
      return { ...config, period_s: own ? now.period_s : null }
    case 'clock':
      return { ...config, clock: own ? now.clock : null }
  }
}

export function isOwn(config: RecorderConfig, part: Part): boolean {
  return (config[part] ?? null) !== null
}

/** Only what was set: null and absent mean the same on the wire. */
export function tidy(config: RecorderConfig): RecorderConfig {
  return {
    outputs: config.outputs?.map(tidyOutput) ?? null,
    layout: config.layout ?? null,
    custom_format: config.layout === 'custom' ? (config.custom_format ?? null) : null,
    period_s: config.period_s ?? null,
    clock: config.clock ?? null,
    vox: config.vox ? tidyVox(config.vox) : null,
  }
}

export function sameConfig(a: RecorderConfig, b: RecorderConfig): boolean {
  return JSON.stringify(tidy(a)) === JSON.stringify(tidy(b))
}

/** An output of another format keeps nothing that only the old one had. */
export function asFormat(format: Format): Output {
  switch (format) {
    case 'wav':
    case 'flac':
      return { format, bits: '24' }
    case 'opus':
      return { format, bitrate: 128_000, vbr: true }
    case 'mp3':
      return { format, bitrate: 192_000, vbr: false }
  }
}

function tidyVox(vox: Vox): Vox {
  return {
    mode: vox.mode ?? null, threshold_dbfs: vox.threshold_dbfs ?? null, release_dbfs: vox.release_dbfs ?? null, detection_ms: vox.detection_ms ?? null,
    hangover_ms: vox.hangover_ms ?? null, pre_roll_ms: vox.pre_roll_ms ?? null, level: vox.level ?? null,
  }
}

function tidyOutput(output: Output): Output {
  return {
    format: output.format, bits: output.bits ?? null, bitrate: output.bitrate ?? null, vbr: output.vbr ?? null,
    complexity: output.complexity ?? null,
  }
}
