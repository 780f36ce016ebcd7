import type { CardConfig, InputCard, InputNode, Inputs, PipeWireConfig, SourceConfig } from '@/stores'
import { t } from '@/strings'
import type { Problems } from './form'
import { allOf, isAll } from './pick'

/** A source of this machine as it is chosen. */
export interface LocalForm {
  kind: 'pipewire' | 'card'
  /** `node.name`, or a card's id. Empty until one is chosen. */
  id: string
  name: string
  rate: number
  channels: string
  /** Never empty for "all": what is seen is what is meant. */
  pick: number[]
  labels: string[]
}

/** One line of the list. */
export interface Choice {
  kind: LocalForm['kind']
  id: string
  name: string
  what: string
  channels: number
  labels: string[]
  /** The rate that is taken if nothing else is said. */
  rate: number
  rates: readonly number[]
}

const CHANNELS = 2
const RATE_HZ = 48_000
const RATES_HZ: readonly number[] = [32_000, 44_100, 48_000, 88_200, 96_000, 192_000]

export function blankLocal(): LocalForm {
  return { kind: 'pipewire', id: '', name: '', rate: RATE_HZ, channels: String(CHANNELS), pick: allOf(CHANNELS), labels: [] }
}

export function localForm(kind: LocalForm['kind'], config: PipeWireConfig | CardConfig): LocalForm {
  const channels = config.stream_channels ?? CHANNELS
  const id = 'node' in config ? config.node : config.device
  return {
    kind,
    id,
    name: config.name ?? id,
    rate: config.sample_rate ?? RATE_HZ,
    channels: String(channels),
    pick: config.pick.length > 0 ? [...config.pick] : allOf(channels),
    labels: [...config.labels],
  }
}

/** All that can be chosen, PipeWire's before the cards. */
export function choicesOf(inputs: Inputs | undefined): Choice[] {
  if (!inputs) return []
  return [...inputs.nodes.map(ofNode), ...inputs.cards.map(ofCard)]
}

export function choose(choice: Choice): LocalForm {
  const channels = choice.channels || CHANNELS
  const { kind, id, name, rate, labels } = choice
  return { kind, id, name, rate, channels: String(channels), pick: allOf(channels), labels }
}

/** Rates to choose from; always with the one that is chosen. */
export function ratesFor(form: LocalForm, choice: Choice | undefined): number[] {
  return [...new Set([...(choice?.rates ?? RATES_HZ), form.rate])].sort((a, b) => a - b)
}

export function localChannels(form: LocalForm): number {
  const count = Number(form.channels)
  return /^\s*\d+\s*$/.test(form.channels) && count >= 1 && count <= 64 ? count : 0
}

/** The configuration that is meant, or everything that is wrong with it. */
export function checkLocal(form: LocalForm): { config: SourceConfig; problems?: undefined } | { config?: undefined; problems: Problems } {
  const problems: Record<string, string> = {}
  const channels = localChannels(form)
  if (form.kind === 'pipewire' && form.id === '') problems['id'] = t('sources.localNone')
  if (channels === 0) problems['channels'] = t('sources.streamChannelsBad')
  if (form.pick.length === 0) problems['pick'] = t('sources.pickNone')
  if (Object.keys(problems).length > 0) return { problems }
  const rest = {
    name: form.name || null,
    sample_rate: form.rate,
    stream_channels: channels,
    pick: isAll(form.pick, channels) ? [] : form.pick,
    labels: form.labels,
  }
  return { config: form.kind === 'pipewire' ? { kind: 'pipewire', node: form.id, ...rest } : { kind: 'card', device: form.id, ...rest } }
}

function ofNode(node: InputNode): Choice {
  const words = { input: t('sources.nodeInput'), monitor: t('sources.nodeMonitor'), application: t('sources.nodeApplication') }
  // Left and right are said by their places already.
  const labels = node.channels.length > 2 ? node.channels : []
  return {
    kind: 'pipewire', id: node.name, name: node.description, what: words[node.kind], channels: node.channels.length,
    labels, rate: node.sample_rate ?? RATE_HZ, rates: RATES_HZ,
  }
}

function ofCard(card: InputCard): Choice {
  const rates = card.sample_rates.length > 0 ? card.sample_rates : RATES_HZ
  return {
    kind: 'card', id: card.id, name: card.name, what: card.default ? t('sources.cardDefault') : t('sources.card'),
    // Converters of the system offer as many as are asked for.
    channels: card.id.includes('hw:') ? card.channels : Math.min(card.channels, CHANNELS), labels: [],
    rate: rates.includes(RATE_HZ) ? RATE_HZ : rates[0]!, rates,
  }
}
