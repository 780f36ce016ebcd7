import { expect, test } from 'vitest'
import type { Aes67Config } from '@/stores'
import { blankNetwork, checkName, checkNetwork, checkTone, networkForm, toneForm, type NetworkForm } from './form'

const config: Aes67Config = {
  legs: [{ address: '239.69.1.1', port: 5004, interface: 'eno1', source_ip: '10.0.0.1' }, { address: '239.70.1.1', port: null, interface: null, source_ip: null }],
  payload_type: 98, encoding: 'L24', sample_rate: 96_000, stream_channels: 4, pick: [4, 1], labels: ['a', 'b', 'c', 'd'],
  samples_per_packet: 6, window_ms: 20, receive_buffer: 1_000_000, follows: { user: '-', session_id: '7', address: '192.0.2.10', stream: 0 }, sdp: 'v=0',
}

test('what was configured comes back from the form unchanged', () => {
  expect(checkNetwork(networkForm(config)).config).toEqual(config)
})

test('all channels in their order are sent as none picked', () => {
  expect(checkNetwork(networkForm({ ...config, pick: [1, 2, 3, 4] })).config?.pick).toEqual([])
  expect(networkForm({ ...config, pick: [] }).pick).toEqual([1, 2, 3, 4])
})

const good: NetworkForm = { ...blankNetwork(), legs: [{ address: ' 239.69.1.1 ', port: '', interface: '', sender: '' }] }
const leg = (change: Partial<NetworkForm['legs'][number]>) => ({ legs: [{ ...good.legs[0]!, ...change }] })

test('empty fields mean the default', () => {
  expect(checkNetwork(good).config).toMatchObject({ legs: [{ address: '239.69.1.1', port: null }], payload_type: null, window_ms: null, encoding: null })
})

test.each<[Partial<NetworkForm>, string]>([
  [leg({ address: '' }), 'legs.0.address'],
  [leg({ address: '239.69.1' }), 'legs.0.address'],
  [leg({ address: '239.69.1.256' }), 'legs.0.address'],
  [leg({ address: 'eno1' }), 'legs.0.address'],
  [leg({ port: '0' }), 'legs.0.port'],
  [leg({ port: '65536' }), 'legs.0.port'],
  [leg({ port: '5e3' }), 'legs.0.port'],
  [leg({ sender: 'x' }), 'legs.0.sender'],
  [{ channels: '65', pick: [1] }, 'channels'],
  [{ channels: '', pick: [1] }, 'channels'],
  [{ pick: [] }, 'pick'],
  [{ payload: '128' }, 'payload'],
  [{ window: '0' }, 'window'],
  [{ samples: '-1' }, 'samples'],
])('%o is wrong at %s', (change, field) => {
  expect(Object.keys(checkNetwork({ ...good, ...change }).problems ?? {})).toEqual([field])
})

test.each([
  ['1000', '−18', { frequency_hz: 1000, level_dbfs: -18 }],
  ['440,5', '-6', { frequency_hz: 440.5, level_dbfs: -6 }],
  ['19', '-18', undefined],
  ['1000', '1', undefined],
  ['1000', '', undefined],
])('a tone of %s Hz at %s dBFS', (frequency, level, expected) => {
  const checked = checkTone({ frequency, level, channels: 2 })
  expect(checked.config && { frequency_hz: checked.config.frequency_hz, level_dbfs: checked.config.level_dbfs }).toEqual(expected)
})

test('a tone comes back from its form unchanged', () => {
  const tone = { frequency_hz: 440, level_dbfs: -12.5, channels: 1 }
  expect(checkTone(toneForm(tone)).config).toEqual(tone)
})

test('names have 1 to 80 characters, counted as people count them', () => {
  expect(checkName('  ')).toBeDefined()
  expect(checkName('ü'.repeat(80))).toBeUndefined()
  expect(checkName('🎙'.repeat(80))).toBeUndefined()
  expect(checkName('a'.repeat(81))).toBeDefined()
})
