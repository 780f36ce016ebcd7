import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import StateSign from './StateSign.vue'
import type { SignState } from './state'

const STATES: SignState[] = ['stopped', 'starting', 'stopping', 'recording', 'degraded', 'error', 'armed']

test('every state has a shape of its own', () => {
  const shapes = STATES.map((state) => mount(StateSign, { props: { state, word: true } }).find('svg').element.innerHTML)
  expect(new Set(shapes).size).toBe(STATES.length)
})

test('without a word the shape is named for assistive text', () => {
  const svg = mount(StateSign, { props: { state: 'error' } }).find('svg')
  expect([svg.attributes('role'), svg.attributes('aria-label')]).toEqual(['img', 'Error'])
})

test('degraded shows the recording sign first', () => {
  const shapes = mount(StateSign, { props: { state: 'degraded' } }).findAll('svg > *').map((shape) => shape.element.tagName.toLowerCase())
  expect(shapes).toEqual(['circle', 'path'])
})

test('only an error that nobody acknowledged fades', () => {
  const fades = (state: SignState, alarm: boolean) => mount(StateSign, { props: { state, alarm } }).classes('sign--alarm')
  expect([fades('error', true), fades('error', false), fades('recording', true)]).toEqual([true, false, false])
})
