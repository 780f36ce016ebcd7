/** The words of the states, as a person sees them beside the shape. */
export default {
  stopped: 'Stopped',
  starting: 'Starting',
  stopping: 'Stopping',
  recording: 'Recording',
  degraded: 'Degraded',
  error: 'Error',
  armed: 'Armed',
} as const
