/**
 * Splits a name for an ellipsis in the middle: the end stays, because siblings share their beginning.
 * The end is the last word with what precedes it, at most `tail` characters; nothing to keep gives an empty end.
 */
export function splitName(name: string, tail = 10): { start: string; end: string } {
  const letters = Array.from(name)
  if (letters.length <= tail * 2) return { start: name, end: '' }
  const from = letters.length - tail
  // Begin the end at a word where one begins nearby, so that it can be read. The space before it goes with the middle.
  const space = letters.indexOf(' ', from - 1)
  const cut = space >= 0 && space < letters.length - 3 ? space + 1 : from
  return { start: letters.slice(0, cut).join(''), end: letters.slice(cut).join('') }
}
