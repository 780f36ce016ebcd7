/** The states a person can see, each with its own shape, colour and word. */
export type SignState = 'stopped' | 'starting' | 'stopping' | 'recording' | 'degraded' | 'error' | 'armed'
