import { defineStore } from 'pinia'
import { onScopeDispose, shallowRef } from 'vue'
import { BrowserPlayer, door, session, useEvent, type Failure, type FileEntry, type Playback } from '../api'
import { t } from '../strings'
import { useLoading } from './loading'

/**
 * What is played, one at a time. The window on the station plays through the station, wherever it was started; a browser
 * elsewhere plays by itself and hears nothing of the station's own player.
 */
export const usePlaybackStore = defineStore('playback', () => {
  const { client } = session()
  const own = door()
  const playback = shallowRef<Playback>()
  const player = own && new BrowserPlayer((id) => own.content(id, 'sound'))

  const loading = useLoading(async () => {
    if (player) take(player.told())
    else playback.value = await client.call('playback', {})
  })
  useEvent('playback', (next) => {
    if (!player) playback.value = next
  })
  useEvent('file', (file) => player?.grown(soundOf(file)))

  function take({ failure, ...told }: ReturnType<BrowserPlayer['told']>): void {
    playback.value = { ...told, message: failure ? wordsOf(failure) : null }
  }
  if (player) onScopeDispose(player.onChange(take))
  onScopeDispose(() => player?.end())

  async function keep(next: Promise<Playback>): Promise<void> {
    playback.value = await next
  }

  return {
    ...loading,
    playback,
    /** It plays in this page: sources are not heard, and outputs are the browser's. */
    inPage: player !== undefined,
    /** Where the whole file is fetched from, where that is how it leaves the station. */
    download: (fileId: string) => own?.content(fileId, 'download'),
    play: async (fileId: string, atS = 0): Promise<void> => {
      if (!player) return keep(client.call('play', { file_id: fileId, at_s: atS }))
      await player.play(soundOf((await client.call('file', { id: fileId })).file), atS)
    },
    /** Lets a source be heard, by itself or as a recorder hears it. */
    listen: (what: { recorder_id: number } | { source_id: string }) => keep(client.call('listen', what)),
    pause: async (): Promise<void> => (player ? player.pause() : keep(client.call('pause', {}))),
    resume: (): Promise<void> => (player ? player.resume() : keep(client.call('resume', {}))),
    seek: (positionS: number): Promise<void> => (player ? player.seek(positionS) : keep(client.call('seek', { position_s: positionS }))),
    end: async (): Promise<void> => (player ? player.end() : keep(client.call('stop_playback', {}))),
    setVolume: async (volume: number): Promise<void> => (player ? player.setVolume(volume) : keep(client.call('set_volume', { volume }))),
    outputs: () => client.call('list_outputs', {}),
    chooseOutput: (id: string | null) => keep(client.call('choose_output', { id })),
  }
})

function soundOf(file: FileEntry) {
  return { id: file.id, name: file.name, length: file.duration_s, growing: file.state === 'growing' }
}

function wordsOf(failure: Failure): string {
  switch (failure) {
    case 'format':
      return t('player.browserCannot')
    case 'network':
      return t('player.browserLost')
    case 'refused':
      return t('player.browserRefuses')
  }
}
