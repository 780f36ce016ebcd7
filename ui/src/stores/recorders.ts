import { defineStore } from 'pinia'
import { computed, reactive, shallowReactive } from 'vue'
import {
  session, useEvent, type Counters, type Gaps, type Names, type Recorder, type RecorderState, type Request, type ToldAll,
} from '../api'
import { useLoading } from './loading'

export const useRecordersStore = defineStore('recorders', () => {
  const { client } = session()
  /** By number. Only what reads a recorder is drawn anew when it changes. */
  const byId = shallowReactive(new Map<number, Recorder>())
  /** Recorders that were told something and have not answered: shown as starting or stopping at once. */
  const told = reactive(new Map<number, 'starting' | 'stopping'>())

  const loading = useLoading(async () => {
    const { recorders } = await client.call('list_recorders', {})
    const present = new Set(recorders.map((recorder) => recorder.id))
    for (const id of byId.keys()) if (!present.has(id)) byId.delete(id)
    for (const recorder of recorders) byId.set(recorder.id, recorder)
  })

  useEvent('recorder', (recorder) => byId.set(recorder.id, recorder))
  useEvent('recorder_removed', (id) => byId.delete(id))

  /** By number: places never change by themselves. */
  const list = computed(() => [...byId.values()].sort((a, b) => a.id - b.id))

  function state(recorder: Recorder): RecorderState {
    return told.get(recorder.id) ?? recorder.state
  }

  async function tell(id: number, what: 'starting' | 'stopping', from: { from_seconds_ago?: number } = {}): Promise<void> {
    told.set(id, what)
    try {
      if (what === 'starting') await client.call('start_recorder', { id, ...from }, 30_000)
      else await client.call('stop_recorder', { id }, 30_000)
    } finally {
      told.delete(id)
    }
  }

  async function tellAll(what: 'starting' | 'stopping', ids: number[]): Promise<ToldAll> {
    for (const id of ids) told.set(id, what)
    try {
      return await client.call(what === 'starting' ? 'start_all' : 'stop_all', {}, 60_000)
    } finally {
      for (const id of ids) told.delete(id)
    }
  }

  function keep(recorder: Recorder): Recorder {
    byId.set(recorder.id, recorder)
    return recorder
  }

  return {
    ...loading,
    byId,
    list,
    told,
    state,
    start: (id: number) => tell(id, 'starting'),
    /** Begins with what was kept so long ago, or with the oldest that is kept. */
    startFrom: (id: number, secondsAgo: number) => tell(id, 'starting', { from_seconds_ago: secondsAgo }),
    stop: (id: number) => tell(id, 'stopping'),
    startAll: () => tellAll('starting', list.value.filter(canStart).map(({ id }) => id)),
    stopAll: () => tellAll('stopping', list.value.filter(canStop).map(({ id }) => id)),
    create: async (request: Request<'create_recorder'>) => keep(await client.call('create_recorder', request)),
    change: async (request: Request<'change_recorder'>) => keep(await client.call('change_recorder', request)),
    changeConfig: async (request: Request<'change_recorder_config'>) => keep(await client.call('change_recorder_config', request)),
    async remove(id: number): Promise<void> {
      await client.call('delete_recorder', { id })
      byId.delete(id)
    },
    gaps: (request: Request<'recorder_gaps'>): Promise<Gaps> => client.call('recorder_gaps', request),
    counters: (id: number): Promise<Counters> => client.call('recorder_counters', { id }),
    previewNames: (request: Request<'preview_names'>): Promise<Names> => client.call('preview_names', request),
  }
})

/** Whether a press would start something. */
export function canStart(recorder: Recorder): boolean {
  return recorder.state === 'stopped' && recorder.source !== null
}

/** Whether holding would stop something: a recorder in error still wants to record. */
export function canStop(recorder: Recorder): boolean {
  switch (recorder.state) {
    case 'starting':
    case 'armed':
    case 'recording':
    case 'degraded':
    case 'error':
      return true
    case 'stopped':
    case 'stopping':
      return false
  }
}

/** Seconds back that a press can begin from; 0 where that is not offered. */
export function offeredBack(recorder: Recorder): number {
  return canStart(recorder) && !recorder.config.vox && recorder.pre_roll_s >= 5 ? recorder.pre_roll_s : 0
}
