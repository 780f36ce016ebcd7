import { expect, test } from 'vitest'
import { announced } from '../../../tests/fake/announced'
import { clockOf, isOtherClock, isUsable, packetTime, pickedAtFirst, rowsOf, usualClock } from './network'

const found = announced(0)

test('streams stand under whoever announces them, sessions without a description last', () => {
  expect(rowsOf(found, '').map((row) => row.is)).toEqual(['head', ...Array(7).fill('stream'), 'head', ...Array(3).fill('stream'), 'trouble'])
})

test('a stream is found by name, sender, address and channel', () => {
  const names = (typed: string) => rowsOf(found, typed).flatMap((row) => (row.is === 'stream' ? [row.stream.name] : []))
  expect(names('newsROOM')).toEqual(['Newsroom desk'])
  expect(names('239.70.1.1')).toEqual(['Studio 1 main'])
  expect(names('spot vla')).toEqual(['Hall stagebox'])
  expect(names('10.20.4.3')).toEqual(['Studio 1 main'])
  expect(rowsOf(found, 'nothing like it')).toEqual([])
})

test('a clock is told in two short lines, and another one than most is noticed', () => {
  expect(clockOf('PTP 39-A7-94-FF-FE-07-CB-D0, domain 0')).toEqual({ what: 'PTP 39-A7…CB-D0', where: 'Domain 0' })
  expect(clockOf('its own')).toEqual({ what: 'its own', where: '' })
  const usual = usualClock(found.streams)
  expect(found.streams.filter((one) => isOtherClock(one, usual)).map(({ name }) => name)).toEqual(['OB van 3 programme'])
})

test('packet times are short', () => {
  expect([1000, 125, 4000, 1088, null].map(packetTime)).toEqual(['1 ms', '125 µs', '4 ms', '1.09 ms', ''])
})

test('up to eight channels are picked beforehand', () => {
  expect(found.streams.map((one) => pickedAtFirst(one).length)).toEqual([0, 2, 8, 2, 2, 0, 6, 8, 2, 0])
  expect(found.streams.filter((one) => !isUsable(one))).toHaveLength(1)
})
