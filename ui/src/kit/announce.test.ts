import { expect, test } from 'vitest'
import { announceError, announced } from './announce'

test('errors are read out at most once in 5 s, then with their number', () => {
  const more = (count: number) => `and ${count} more`
  announceError('A stopped', 0, more)
  announceError('B stopped', 1000, more)
  announceError('C stopped', 2000, more)
  expect(announced.assertive).toBe('A stopped')
  announceError('D stopped', 5000, more)
  expect(announced.assertive).toBe('D stopped and 2 more')
})
