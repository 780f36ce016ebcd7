export default {
  title: 'Which room is this screen in?',
  text: 'The choice is remembered on this screen.',
  none: 'There are no studios yet. Create studios on the operator’s desktop.',
  noRecorder: 'No recorder',
  current: 'Shown here now',
  choose: 'Show {studio} on this screen',
  opens: { one: '{studio} opens in {n} second', other: '{studio} opens in {n} seconds' },
  openNow: 'Open now',
  undo: 'Undo',
  back: 'Back to {studio}',
  loading: 'Reading the studios',
} as const
