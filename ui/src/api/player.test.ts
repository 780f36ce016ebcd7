import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BrowserPlayer, type Sound } from './player'

/** An element that plays what it is told to. */
class FakeAudio extends EventTarget {
  preload = ''
  currentTime = 0
  duration = NaN
  readyState = 0
  error: { code: number } | null = null
  private level = 1
  refuses: string | undefined
  readonly read: string[] = []
  set src(address: string) {
    this.read.push(address)
    this.currentTime = 0
    this.readyState = 0
  }
  get volume() {
    return this.level
  }
  set volume(level: number) {
    this.level = level
    this.tell('volumechange')
  }
  async play() {
    if (this.refuses) throw new DOMException('no', this.refuses)
    this.tell('playing')
  }
  pause() {
    this.tell('pause')
  }
  load() {}
  removeAttribute() {
    this.read.push('')
  }
  known(seconds: number) {
    this.duration = seconds
    this.readyState = 1
    this.tell('loadedmetadata')
  }
  tell(what: string) {
    this.dispatchEvent(new Event(what))
  }
  fail(code: number) {
    this.error = { code }
    this.tell('error')
  }
}

const sound: Sound = { id: 'f1', name: '2026-03-14-07.wav', length: 3600, growing: false }
let audio: FakeAudio
let player: BrowserPlayer
beforeEach(() => {
  audio = new FakeAudio()
  player = new BrowserPlayer((id) => `/content/${id}`, audio as unknown as HTMLAudioElement)
})
afterEach(() => vi.restoreAllMocks())

test('a file plays from where it was asked to', async () => {
  await player.play(sound, 125)
  expect(player.told()).toMatchObject({ state: 'playing', file_id: 'f1', position_s: 125, duration_s: 3600 })
  audio.known(3600)
  expect([audio.currentTime, audio.read]).toEqual([125, ['/content/f1']])
})

test('held, moved, gone on and ended', async () => {
  await player.play(sound, 0)
  audio.known(3600)
  player.pause()
  expect(player.told().state).toBe('paused')
  await player.seek(1800)
  expect(player.told()).toMatchObject({ state: 'paused', position_s: 1800 })
  await player.resume()
  expect(player.told().state).toBe('playing')
  audio.tell('ended')
  expect(player.told().state).toBe('paused')
  player.end()
  expect(player.told()).toMatchObject({ state: 'stopped', file_id: null })
})

test('a growing file is read anew where it ended, and where it had not been', async () => {
  const growing = { ...sound, growing: true, length: 600 }
  await player.play(growing, 0)
  audio.known(600)
  audio.currentTime = 600
  player.grown({ ...growing, length: 640 })
  audio.tell('ended')
  await vi.waitFor(() => expect(audio.read).toEqual(['/content/f1#read=1', '/content/f1#read=2']))
  audio.known(640)
  expect(audio.currentTime).toBe(600)
  player.grown({ ...growing, length: 700 })
  await player.seek(690)
  expect(audio.read.at(-1)).toBe('/content/f1#read=3')
  // Nothing more is there: it stands.
  audio.known(700)
  audio.currentTime = 700
  audio.tell('ended')
  expect([player.told().state, audio.read.length]).toEqual(['paused', 3])
})

test('a growing file that breaks off is read anew where it was heard last, as long as that leads on', async () => {
  await player.play({ ...sound, growing: true, length: 600 }, 0)
  audio.known(600)
  audio.currentTime = 90
  audio.fail(2)
  expect(audio.read).toEqual(['/content/f1#read=1', '/content/f1#read=2'])
  expect(player.told()).toMatchObject({ failure: undefined, position_s: 90 })
  audio.known(640)
  audio.fail(2)
  expect(player.told()).toMatchObject({ state: 'error', failure: 'network' })
  expect(audio.read).toHaveLength(2)
})

test.each([[4, 'format'], [3, 'format'], [2, 'network']] as const)('trouble %i of the element is one of %s', async (code, failure) => {
  await player.play(sound, 0)
  audio.fail(code)
  expect(player.told()).toMatchObject({ state: 'error', failure, file_id: 'f1' })
  // Another try that succeeds leaves nothing of it.
  await player.resume()
  expect(player.told().failure).toBeUndefined()
})

test.each([['NotAllowedError', 'refused'], ['NotSupportedError', 'format'], ['AbortError', undefined]])('a play that ends in %s is %s', async (name, failure) => {
  audio.refuses = name
  await player.play(sound, 0)
  expect(player.told().failure).toBe(failure)
})

test('changes are told, and the volume stays between nothing and all', () => {
  const told = vi.fn()
  const end = player.onChange(told)
  player.setVolume(7)
  expect(told).toHaveBeenLastCalledWith(expect.objectContaining({ volume: 1 }))
  end()
  player.setVolume(-1)
  expect([told.mock.calls.length, audio.volume]).toEqual([1, 0])
})
