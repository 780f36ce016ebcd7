import type { DoctorCheck, DoctorReport } from '../../src/api/contract'

const CHECKS: [name: string, verdict: DoctorCheck['verdict'], words: string][] = [
  ['Interface', 'ok', 'eno1 is up and has a link'],
  ['Address', 'ok', '10.77.0.1'],
  ['Group joined', 'ok', '239.69.1.1 is joined on eno1'],
  ['Packets', 'ok', '5000 packets in 5 s'],
  ['Sender', 'ok', '10.77.0.2, SSRC 08d02908'],
  ['Payload type', 'ok', '96'],
  ['Packet size', 'ok', '288 bytes: 48 samples of 2 channels of L24'],
  ['Packet time', 'ok', '1.000 ms, 48 samples'],
  ['Sample rate', 'ok', '48000 Hz'],
  ['Loss', 'ok', 'None of 5000 packets'],
  ['Order', 'ok', '12 packets came out of order, up to 2.1 ms late; the window of 100 ms puts them right'],
  ['Jitter', 'ok', '0.12 ms on average'],
  ['Receive buffer', 'warn', 'A receive buffer of 212992 bytes was granted, 2097152 were asked for'],
  ['IGMP querier', 'unknown', 'None in 5 s; they ask every 125 s, so listen for 130 s to know'],
]

const PTP: DoctorCheck[] = [
  ['PTP domain', 'Domain 0 is heard on eno1'],
  ['Grandmaster', '00-1D-C1-FF-FE-12-34-56, follows a primary reference, announced every 1 s'],
  ['PTP time', '1.5 µs from this machine\'s clock'],
  ['UTC offset', '37 s'],
].map(([name, words]) => ({ name: name!, leg: null, verdict: 'ok', words: words!, remedy: '' }))

/** The report of a pair of which the second leg is sent to another port. */
export function doctorReport(id: string, source: string, seconds: number): DoctorReport {
  return {
    source_id: id, source, state: 'running', at: '2026-03-14T12:00:00Z', seconds, elapsed_s: 0,
    diagnosis: 'unknown', verdict: 'pending', sentence: 'Listening to what comes.', checks: [], legs: [],
    jitter_edges_us: [50, 100, 250, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000], text: '',
  }
}

/** What is said about an input of this machine that brings silence. */
const LOCAL: [name: string, verdict: DoctorCheck['verdict'], words: string][] = [
  ['PipeWire', 'ok', 'It answers, and offers 4 inputs'],
  ['Node', 'ok', '“Desk One” is there'],
  ['Channels', 'ok', '8 of 8'],
  ['Sample rate', 'ok', '48000 Hz'],
  ['Audio', 'ok', '48000 Hz, 2 channels'],
  ['Loss', 'ok', 'None of 240000 samples'],
  ['Level', 'warn', 'Nothing but digital silence came in 5 s'],
]

function localAt(report: DoctorReport, elapsed: number): DoctorReport {
  const done = elapsed >= report.seconds
  const sentence = 'Nothing but digital silence came in 5 s; see that something plays, that it is not muted, and that this is the right input.'
  return {
    ...report, elapsed_s: elapsed, state: done ? 'done' : 'running', diagnosis: done ? 'silent-input' : 'unknown',
    verdict: done ? 'warn' : 'pending', sentence: done ? sentence : report.sentence,
    checks: LOCAL.map(([name, verdict, words]) => ({ name, leg: null, verdict: done || verdict === 'ok' ? verdict : 'pending', words, remedy: '' })),
    text: done ? sentence : '',
  }
}

/** The same after so many seconds. */
export function doctorAt(report: DoctorReport, elapsed: number, local = false): DoctorReport {
  if (local) return localAt(report, elapsed)
  const done = elapsed >= report.seconds
  const check = (leg: number) => ([name, verdict, words]: (typeof CHECKS)[number]): DoctorCheck => ({ name, leg, verdict, words, remedy: '' })
  const wrong = 'Nothing comes to port 5004, but 5000 packets to port 5006 of 239.69.2.1'
  const second = [
    ...CHECKS.slice(0, 3).map(check(2)),
    { name: 'Packets', leg: 2, verdict: done ? 'fault' : 'pending', words: done ? wrong : 'None yet', remedy: '' } satisfies DoctorCheck,
    ...CHECKS.slice(12).map(check(2)),
  ]
  const sentence = `Leg 2 of 2 brings nothing: nothing comes${wrong.slice('Nothing comes'.length)}; set port 5006 for this source, or correct the sender.`
  return {
    ...report, elapsed_s: elapsed, state: done ? 'done' : 'running', diagnosis: done ? 'one-leg' : 'unknown',
    verdict: done ? 'fault' : 'pending', sentence: done ? sentence : report.sentence,
    checks: [...CHECKS.map(check(1)), ...second, { name: 'Second leg', leg: null, verdict: 'unknown', words: 'Only one leg is heard: there is nothing to compare', remedy: '' }, ...PTP],
    legs: [
      {
        address: '239.69.1.1:5004', interface: 'eno1', packets: 1000 * elapsed,
        senders: [{ address: '10.77.0.2', ssrc: '08d02908', payload_type: 96, bytes: 288, packets: 1000 * elapsed, lost: 0 }],
        jitter: [2100, 900, 310, 120, 64, 12, 3, 1, 0, 0, 0, 0].map((count) => count * elapsed),
      },
      { address: '239.69.2.1:5004', interface: 'eno2', packets: 0, senders: [], jitter: [] },
    ],
    text: done ? sentence : '',
  }
}
