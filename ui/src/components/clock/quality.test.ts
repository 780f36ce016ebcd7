import { describe, expect, it } from 'vitest'
import type { ClockQuality } from '../../stores'
import { apart, length, qualityOf } from './quality'

const quality: ClockQuality = {
  reference: 'system', lock: 'locked', grandmaster: '00-1D-C1-FF-FE-12-34-56', domain: 0, offset_ns: -41_200, uncertainty_ns: 6_300,
}

describe('a clock in words', () => {
  it('says how far two clocks are apart, and which is ahead', () => {
    expect(apart(-41_200)).toBe('−41.2 µs')
    expect(apart(0)).toBe('+0 ns')
    expect(apart(-37_000_000_000)).toBe('−37.0 s')
    expect(apart(-1_773_488_823_000_000_000)).toBe('−20526 d')
    expect(length(1_500_000)).toBe('1.5 ms')
  })

  it('names the grandmaster only where it is followed', () => {
    expect(qualityOf(quality)).toBe('Follows the grandmaster 00-1D-C1-FF-FE-12-34-56, domain 0, −41.2 µs')
    expect(qualityOf({ ...quality, lock: 'free' })).toBe('Runs by itself: no grandmaster is heard · This machine’s clock')
    expect(qualityOf({ ...quality, offset_ns: null })).toContain('offset not known')
  })
})
