import type { CloseAnswer, CloseQuestion, Shell, ShellInfo } from '../../src/api'

/** A window that is not there: remembers what it was told, and answers as it is set to. */
export class FakeShell implements Shell {
  state: ShellInfo = { kiosk: false, locked: false, studio: null, tray: true }
  folder: string | null = '/media/stick'
  readonly told: string[] = []
  private takeQuestion: (question: CloseQuestion) => void = () => undefined
  private takeInfo: (info: ShellInfo) => void = () => undefined
  private takeLeaving: () => void = () => undefined

  info = async () => ({ ...this.state })
  async onInfo(take: (info: ShellInfo) => void) {
    this.takeInfo = take
    return () => undefined
  }
  async onCloseRequested(take: (question: CloseQuestion) => void) {
    this.takeQuestion = take
    return () => undefined
  }
  async onLeaving(take: () => void) {
    this.takeLeaving = take
    return () => undefined
  }
  async unlock() {
    this.told.push('unlock')
    this.become({ ...this.state, locked: false })
  }
  async lock() {
    this.told.push('lock')
    this.become({ ...this.state, locked: true })
  }
  async reveal(fileId: string) {
    this.told.push(`reveal ${fileId}`)
  }
  async pickFolder(start?: string) {
    this.told.push(`pick ${start ?? ''}`.trim())
    return this.folder
  }
  async answerClose(answer: CloseAnswer) {
    this.told.push(`close ${answer}`)
    if (answer === 'quit') this.takeLeaving()
  }

  /** Somebody closes the window. */
  close(question: CloseQuestion): void {
    this.takeQuestion(question)
  }
  become(state: ShellInfo): void {
    this.state = state
    this.takeInfo({ ...state })
  }
}
