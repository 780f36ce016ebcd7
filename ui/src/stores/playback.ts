import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { session, useEvent, type Playback } from '../api'
import { useLoading } from './loading'

/** What this machine plays. One at a time, wherever it was started. */
export const usePlaybackStore = defineStore('playback', () => {
  const { client } = session()
  const playback = shallowRef<Playback>()

  const loading = useLoading(async () => {
    playback.value = await client.call('playback', {})
  })
  useEvent('playback', (next) => {
    playback.value = next
  })

  async function keep(next: Promise<Playback>): Promise<void> {
    playback.value = await next
  }

  return {
    ...loading,
    playback,
    play: (fileId: string, atS = 0) => keep(client.call('play', { file_id: fileId, at_s: atS })),
    /** Lets a source be heard, by itself or as a recorder hears it. */
    listen: (what: { recorder_id: number } | { source_id: string }) => keep(client.call('listen', what)),
    pause: () => keep(client.call('pause', {})),
    resume: () => keep(client.call('resume', {})),
    seek: (positionS: number) => keep(client.call('seek', { position_s: positionS })),
    end: () => keep(client.call('stop_playback', {})),
    setVolume: (volume: number) => keep(client.call('set_volume', { volume })),
    outputs: () => client.call('list_outputs', {}),
    chooseOutput: (id: string | null) => keep(client.call('choose_output', { id })),
  }
})
