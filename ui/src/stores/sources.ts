import { defineStore } from 'pinia'
import { computed, shallowReactive } from 'vue'
import { session, useEvent, type Inputs, type Request, type SdpReading, type Source, type SourceCounters } from '../api'
import { useLoading } from './loading'

export const useSourcesStore = defineStore('sources', () => {
  const { client } = session()
  const byId = shallowReactive(new Map<string, Source>())

  const loading = useLoading(async () => {
    const { sources } = await client.call('list_sources', {})
    const present = new Set(sources.map((source) => source.id))
    for (const id of byId.keys()) if (!present.has(id)) byId.delete(id)
    for (const source of sources) byId.set(source.id, source)
  })

  useEvent('source', (source) => byId.set(source.id, source))
  useEvent('source_removed', (id) => byId.delete(id))

  function keep(source: Source): Source {
    byId.set(source.id, source)
    return source
  }

  return {
    ...loading,
    byId,
    list: computed(() => [...byId.values()].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }))),
    create: async (request: Request<'create_source'>) => keep(await client.call('create_source', request)),
    change: async (request: Request<'change_source'>) => keep(await client.call('change_source', request)),
    async remove(id: string): Promise<void> {
      await client.call('delete_source', { id })
      byId.delete(id)
    },
    counters: (id: string): Promise<SourceCounters> => client.call('source_counters', { id }),
    inputs: (): Promise<Inputs> => client.call('list_inputs', {}),
    readSdp: (text: string): Promise<SdpReading> => client.call('read_sdp', { text }),
  }
})
