/** What a person reads when a request gave no answer. Messages of answered requests come from the service. */
export default {
  timeoutHappened: 'The recorder service did not answer in time.',
  unreachableHappened: 'This window cannot reach the recorder service.',
  requestMeans: 'What was recording goes on recording.',
  requestDo: 'Try again. If it happens again, restart this window; capture is not touched by that.',
  unexpectedHappened: 'The answer could not be understood.',
} as const
