import type { CloseAnswer, CloseQuestion, Shell, ShellInfo, SignedIn } from '../../src/api'

/** A window that is not there: remembers what it was told, and answers as it is set to. */
export class FakeShell implements Shell {
  state: ShellInfo = { kiosk: false, locked: false, studio: null, tray: true }
  folder: string | null = '/media/stick'
  readonly told: string[] = []
  /** The provider signs people in here. */
  provider = false
  signed: SignedIn | null = null
  private takePerson: () => void = () => undefined
  private endWaiting: { done: (who: SignedIn) => void; failed: (cause: unknown) => void } | undefined
  private takeQuestion: (question: CloseQuestion) => void = () => undefined
  private takeInfo: (info: ShellInfo) => void = () => undefined
  private takeLeaving: () => void = () => undefined

  waysIn = async () => ({ station: 'Funkhaus', local: true, breakglass: true, provider: this.provider })
  person = async () => this.signed
  async onPerson(take: () => void) {
    this.takePerson = take
    return () => undefined
  }
  async beginSignIn() {
    this.told.push('begin sign-in')
    const address = 'https://login.microsoft.com/device'
    return { code: 'BCDF-GHJK', address, link: `${address}?code=BCDF-GHJK`, lasts_s: 900 }
  }
  finishSignIn = () => new Promise<SignedIn>((done, failed) => (this.endWaiting = { done, failed }))
  async cancelSignIn() {
    this.told.push('cancel sign-in')
    this.endWaiting = undefined
  }
  async signOut() {
    this.told.push('sign out')
    this.signed = null
    this.takePerson()
  }
  /** Where the person who is asked saves it; nowhere. */
  saveTo: string | null = '/home/ada/audit.jsonl'
  async exportAudit(query: unknown, name: string) {
    this.told.push(`export ${name} ${JSON.stringify(query)}`)
    return this.saveTo === null ? null : { entries: 250, path: this.saveTo }
  }
  async saveConfiguration() {
    this.told.push('save configuration')
    return this.saveTo
  }
  /** The code was used on another device, or was not. */
  used(who: SignedIn): void {
    this.signed = who
    this.endWaiting?.done(who)
    this.takePerson()
  }
  unused(cause: unknown): void {
    this.endWaiting?.failed(cause)
  }

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
