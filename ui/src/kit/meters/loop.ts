/** Something that is drawn once for each picture of the page. */
export interface Drawn {
  frame(now: number): void
}

export interface Pictures {
  request(callback: (now: number) => void): number
  cancel(id: number): void
  hidden(): boolean
  onVisibility(callback: () => void): void
}

const page: Pictures = {
  request: (callback) => requestAnimationFrame(callback),
  cancel: (id) => cancelAnimationFrame(id),
  hidden: () => document.hidden,
  onVisibility: (callback) => document.addEventListener('visibilitychange', callback),
}

/** The one animation loop of the page. It runs while there is something to draw and the page can be seen. */
export class FrameLoop {
  private readonly members = new Set<Drawn>()
  private pending: number | undefined

  constructor(private readonly pictures: Pictures = page) {
    pictures.onVisibility(() => this.settle())
  }

  add(member: Drawn): void {
    this.members.add(member)
    this.settle()
  }

  remove(member: Drawn): void {
    this.members.delete(member)
    this.settle()
  }

  get running(): boolean {
    return this.pending !== undefined
  }

  private settle(): void {
    const wanted = this.members.size > 0 && !this.pictures.hidden()
    if (wanted && this.pending === undefined) this.ask()
    else if (!wanted && this.pending !== undefined) {
      this.pictures.cancel(this.pending)
      this.pending = undefined
    }
  }

  private ask(): void {
    this.pending = this.pictures.request((now) => {
      this.ask()
      for (const member of this.members) member.frame(now)
    })
  }
}

let shared: FrameLoop | undefined

export function pageLoop(): FrameLoop {
  shared ??= new FrameLoop()
  return shared
}
