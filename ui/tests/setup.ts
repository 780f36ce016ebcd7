/** A pen that writes nothing: tests of painting bring their own. */
function blankPen(): unknown {
  return new Proxy(
    {},
    {
      get: (_, name) => (name === 'createLinearGradient' ? () => ({ addColorStop() {} }) : () => undefined),
      set: () => true,
    },
  )
}

// What happy-dom lacks and the pages ask for. Tests of files run without a page.
if (typeof window !== 'undefined') {
  if (!window.visualViewport) Object.defineProperty(window, 'visualViewport', { value: new EventTarget(), configurable: true })
  HTMLCanvasElement.prototype.getContext = (() => blankPen()) as typeof HTMLCanvasElement.prototype.getContext
}
