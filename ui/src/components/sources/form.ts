import type { Aes67Config, Encoding, Follow, Leg, ToneConfig } from '@/stores'
import { t } from '@/strings'
import { allOf, isAll } from './pick'

/** A network source as it is typed: numbers are texts until they are checked. */
export interface NetworkForm {
  legs: LegForm[]
  encoding: Encoding | ''
  rate: number
  channels: string
  payload: string
  samples: string
  window: string
  /** Never empty for "all": what is seen is what is meant. */
  pick: number[]
  labels: string[]
  receiveBuffer: number | null
  sdp: string | null
  /** The announced session it follows. */
  follows: Follow | null
}

export interface LegForm {
  address: string
  port: string
  interface: string
  sender: string
}

export interface ToneForm {
  frequency: string
  level: string
  channels: number
}

/** What is wrong, by field: `legs.0.address`. */
export type Problems = Readonly<Record<string, string>>
export type Checked<Config> = { config: Config; problems?: undefined } | { config?: undefined; problems: Problems }

export const RATES_HZ: readonly number[] = [32_000, 44_100, 48_000, 88_200, 96_000, 192_000]
const CHANNELS = 2
const RATE_HZ = 48_000

export function blankLeg(): LegForm {
  return { address: '', port: '', interface: '', sender: '' }
}

export function blankNetwork(): NetworkForm {
  return {
    legs: [blankLeg()], encoding: '', rate: RATE_HZ, channels: String(CHANNELS), payload: '', samples: '', window: '',
    pick: allOf(CHANNELS), labels: [], receiveBuffer: null, sdp: null, follows: null,
  }
}

export function networkForm(config: Aes67Config): NetworkForm {
  const channels = config.stream_channels ?? CHANNELS
  return {
    legs: config.legs.map(legForm),
    encoding: config.encoding ?? '',
    rate: config.sample_rate ?? RATE_HZ,
    channels: String(channels),
    payload: text(config.payload_type),
    samples: text(config.samples_per_packet),
    window: text(config.window_ms),
    pick: config.pick.length > 0 ? [...config.pick] : allOf(channels),
    labels: [...config.labels],
    receiveBuffer: config.receive_buffer ?? null,
    sdp: config.sdp ?? null,
    follows: config.follows ?? null,
  }
}

export function toneForm(config: ToneConfig): ToneForm {
  return { frequency: String(config.frequency_hz), level: String(config.level_dbfs), channels: config.channels ?? 2 }
}

export function channelCount(form: NetworkForm): number {
  return whole(form.channels, 1, 64) ?? 0
}

/** The configuration that is meant, or everything that is wrong with it. */
export function checkNetwork(form: NetworkForm): Checked<Aes67Config> {
  const problems: Record<string, string> = {}
  const number = (field: string, typed: string, least: number, most: number, problem: string): number | null => {
    if (typed.trim() === '') return null
    const value = whole(typed, least, most)
    if (value === undefined) problems[field] = problem
    return value ?? null
  }
  const legs = form.legs.map((leg, i): Leg => {
    if (!isAddress(leg.address.trim())) problems[`legs.${i}.address`] = t('sources.addressBad')
    if (leg.sender.trim() && !isAddress(leg.sender.trim())) problems[`legs.${i}.sender`] = t('sources.addressBad')
    return {
      address: leg.address.trim(),
      port: number(`legs.${i}.port`, leg.port, 1, 65_535, t('sources.portBad')),
      interface: leg.interface.trim() || null,
      source_ip: leg.sender.trim() || null,
    }
  })
  const channels = channelCount(form)
  if (channels === 0) problems['channels'] = t('sources.streamChannelsBad')
  if (form.pick.length === 0) problems['pick'] = t('sources.pickNone')
  const config: Aes67Config = {
    legs,
    payload_type: number('payload', form.payload, 0, 127, t('sources.payloadBad')),
    encoding: form.encoding || null,
    sample_rate: form.rate,
    stream_channels: channels,
    pick: isAll(form.pick, channels) ? [] : form.pick,
    labels: form.labels,
    samples_per_packet: number('samples', form.samples, 1, 1440, t('sources.samplesBad')),
    window_ms: number('window', form.window, 1, 1000, t('sources.windowBad')),
    receive_buffer: form.receiveBuffer,
    sdp: form.sdp,
    follows: form.follows,
  }
  return Object.keys(problems).length > 0 ? { problems } : { config }
}

export function checkTone(form: ToneForm): Checked<ToneConfig> {
  const problems: Record<string, string> = {}
  const frequency = decimal(form.frequency)
  const level = decimal(form.level)
  if (frequency === undefined || frequency < 20 || frequency > 20_000) problems['frequency'] = t('sources.frequencyBad')
  if (level === undefined || level < -60 || level > 0) problems['level'] = t('sources.levelBad')
  if (Object.keys(problems).length > 0) return { problems }
  return { config: { frequency_hz: frequency ?? 0, level_dbfs: level ?? 0, channels: form.channels } }
}

export function checkName(name: string): string | undefined {
  const length = Array.from(name.trim()).length
  if (length === 0) return t('sources.nameNeeded')
  return length > 80 ? t('sources.nameLong') : undefined
}

function legForm(leg: Leg): LegForm {
  return { address: leg.address, port: text(leg.port), interface: leg.interface ?? '', sender: leg.source_ip ?? '' }
}

function text(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value)
}

function whole(typed: string, least: number, most: number): number | undefined {
  if (!/^\s*\d+\s*$/.test(typed)) return undefined
  const value = Number(typed)
  return value >= least && value <= most ? value : undefined
}

/** A number as people type it: with a comma, or with the minus that the page itself writes. */
function decimal(typed: string): number | undefined {
  const plain = typed.trim().replace(',', '.').replace('−', '-')
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined
}

function isAddress(typed: string): boolean {
  const parts = typed.split('.')
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)
}
