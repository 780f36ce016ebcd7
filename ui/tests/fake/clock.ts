import type { ClockDomain, ClockQuality, ClockStatus } from '../../src/api/contract'

/** A plant with a GPS grandmaster on one network and one that runs free on the other. */
export function clockOf(now: number): ClockStatus {
  const domain: ClockDomain = {
    interface: 'eno1', domain: 0, state: 'locked', problem: null, since: new Date(now - 7_200_000).toISOString(),
    grandmaster: '00-1D-C1-FF-FE-12-34-56', previous: '00-1D-C1-FF-FE-0A-0B-0C', class: 6, class_words: 'follows a primary reference',
    accuracy_ns: 100, time_source: 'GPS', priority1: 128, steps_removed: 1, utc_offset_s: 37, utc_offset_valid: true,
    ptp_timescale: true, time_traceable: true, offset_ns: -41_200, uncertainty_ns: 6_300, announce_interval_s: 1,
    announcements_missed: 2, masters: 1, changes: 1,
  }
  const wrong: ClockDomain = {
    ...domain, interface: 'eno2', domain: 127, state: 'insane', grandmaster: '00-1D-C1-FF-FE-99-88-77', previous: null, changes: 0,
    problem: 'Its time counts from its switch-on, as if that had been in 1970: give it a time source (GPS, NTP) or set it by hand.',
    class: 248, class_words: 'runs free', accuracy_ns: null, time_source: 'its own oscillator', offset_ns: -1_773_488_823_000_000_000,
    time_traceable: false, utc_offset_valid: false, steps_removed: 0,
  }
  return {
    light: { level: 'ok', text: 'PTP locked' }, reference: 'system', lock: 'system', device: null, ahead_ns: 0, problem: null,
    synchronised: true, max_error_ns: 1_500_000, kernel_tai_offset_s: 37, chosen: domain, domains: [domain, wrong],
    interfaces: [{ name: 'eno1', problem: null }, { name: 'eno2', problem: null }], messages: 81_204, malformed: 0, crowded: 0,
  }
}

export const clockQuality: ClockQuality = {
  reference: 'system', lock: 'locked', grandmaster: '00-1D-C1-FF-FE-12-34-56', domain: 0, offset_ns: -41_200, uncertainty_ns: 6_300,
}
