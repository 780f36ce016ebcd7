import { defineStore } from 'pinia'
import { computed, shallowReactive } from 'vue'
import { session, useEvent, type Request, type Studio } from '../api'
import { useLoading } from './loading'

export const useStudiosStore = defineStore('studios', () => {
  const { client } = session()
  /** In the order in which they were made, which the list operation gives and new ones follow. */
  const byId = shallowReactive(new Map<string, Studio>())

  const loading = useLoading(async () => {
    const { studios } = await client.call('list_studios', {})
    const present = new Set(studios.map((studio) => studio.id))
    for (const id of byId.keys()) if (!present.has(id)) byId.delete(id)
    for (const studio of studios) byId.set(studio.id, studio)
  })

  useEvent('studio', (studio) => byId.set(studio.id, studio))
  useEvent('studio_removed', (id) => byId.delete(id))

  function keep(studio: Studio): Studio {
    byId.set(studio.id, studio)
    return studio
  }

  return {
    ...loading,
    byId,
    list: computed(() => [...byId.values()]),
    create: async (request: Request<'create_studio'>) => keep(await client.call('create_studio', request)),
    change: async (request: Request<'change_studio'>) => keep(await client.call('change_studio', request)),
    async remove(id: string): Promise<void> {
      await client.call('delete_studio', { id })
      byId.delete(id)
    },
    /** Gives a studio its recorder, or none. Events tell of the studios that were released by it. */
    assign: async (id: string, recorderId: number | null) =>
      keep(await client.call('assign_studio', { id, recorder_id: recorderId })),
  }
})
