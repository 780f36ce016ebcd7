/** Holding a button down as a decision: values in, values out; the component only draws them. */

export type Hold =
  | { phase: 'idle' }
  | { phase: 'holding'; since: number }
  | { phase: 'returning'; from: number; since: number }
  /** Full; waits for the finger to leave, so that one hold is one act. */
  | { phase: 'done' }

export const IDLE: Hold = { phase: 'idle' }
/** How far a finger may stray from the button. */
export const SLOP_PX = 24
export const RETURN_MS = 200

export interface Edges {
  left: number
  top: number
  right: number
  bottom: number
}

export function within(x: number, y: number, box: Edges): boolean {
  return x >= box.left - SLOP_PX && x <= box.right + SLOP_PX && y >= box.top - SLOP_PX && y <= box.bottom + SLOP_PX
}

/** How full the ring is, 0 to 1. */
export function progress(hold: Hold, now: number, forMs: number): number {
  switch (hold.phase) {
    case 'idle':
      return 0
    case 'holding':
      return Math.min(1, Math.max(0, (now - hold.since) / forMs))
    case 'returning':
      return hold.from * Math.max(0, 1 - (now - hold.since) / RETURN_MS)
    case 'done':
      return 1
  }
}

export function press(hold: Hold, now: number): Hold {
  return hold.phase === 'done' ? hold : { phase: 'holding', since: now }
}

/** Lifted, or strayed too far: what was filled runs back. */
export function letGo(hold: Hold, now: number, forMs: number): Hold {
  if (hold.phase === 'holding') return { phase: 'returning', from: progress(hold, now, forMs), since: now }
  return hold.phase === 'done' ? IDLE : hold
}

/** Time passes. `act` is true once, at the moment the hold is complete. */
export function pass(hold: Hold, now: number, forMs: number): { hold: Hold; act: boolean } {
  if (hold.phase === 'holding' && now - hold.since >= forMs) return { hold: { phase: 'done' }, act: true }
  if (hold.phase === 'returning' && now - hold.since >= RETURN_MS) return { hold: IDLE, act: false }
  return { hold, act: false }
}
