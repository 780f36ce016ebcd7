// Says that the page lives: as soon as it has content, then every two seconds. A page without content counts as silent: a
// blank window is of no use to anybody.
;(() => {
  const beat = () => {
    const there = document.getElementById('app')?.childElementCount > 0
    if (there) window.__TAURI_INTERNALS__.invoke('page_alive').catch(() => undefined)
    setTimeout(beat, there ? 2000 : 100)
  }
  setTimeout(beat, 100)
})()
