/** How big a studio's screen draws: the picture is made for 1280×800 and follows the screen. */

/** What a screen has room for. */
export interface Room {
  /** Pixels for one pixel of the picture at 1280×800. */
  unit: number
  /** Recordings beside the button; dropped first. */
  recordings: number
  /** The health words; dropped second. */
  health: boolean
  /** The button is a bar under everything, because there is no height for a round one. */
  bar: boolean
}

/** Below this a presenter cannot read it from the desk; the page drops things instead. */
const SMALLEST = 0.72
const LARGEST = 2

export function roomOf(width: number, height: number, message: boolean): Room {
  const unit = Math.min(LARGEST, Math.max(SMALLEST, Math.min(width / 1280, height / 800)))
  const low = height < 560
  const narrow = width < 900
  const rows = height / unit >= 790 && !message ? 3 : 2
  return { unit, recordings: low || narrow ? 0 : rows, health: height >= 470, bar: height < 520 || narrow }
}
