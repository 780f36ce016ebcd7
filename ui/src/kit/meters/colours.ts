import type { Colours } from './paint'

/** The meter's colours as the style sheet has them where an element stands. */
export function readColours(element: Element): Colours {
  const style = getComputedStyle(element)
  const of = (name: string) => style.getPropertyValue(name).trim()
  return {
    well: of('--well'),
    zones: { green: of('--zone-green'), yellow: of('--zone-yellow'), orange: of('--zone-orange'), red: of('--zone-red') },
    greenDeep: of('--zone-green-deep'),
    hatch: of('--meter-hatch'),
    figure: of('--t2'),
    reference: of('--t1'),
    name: of('--t1'),
    tick: of('--line2'),
    alarm: of('--rec'),
    font: style.fontFamily || 'sans-serif',
  }
}
