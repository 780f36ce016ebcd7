import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { session, useEvent, type DoctorReport } from '../api'
import { useLoading } from './loading'

/** What the doctor says about each source, so far or in the end. */
export const useDoctorStore = defineStore('doctor', () => {
  const { client } = session()
  const bySource = shallowReactive(new Map<string, DoctorReport>())

  const loading = useLoading(async () => {
    const { reports } = await client.call('doctor_reports', {})
    const known = new Set(reports.map((report) => report.source_id))
    for (const id of bySource.keys()) if (!known.has(id)) bySource.delete(id)
    for (const report of reports) keep(report)
  })
  useEvent('doctor', keep)
  useEvent('source_removed', (id) => bySource.delete(id))

  function keep(report: DoctorReport): DoctorReport {
    // An answer may come after an event that is further on.
    const known = bySource.get(report.source_id)
    if (!known || known.at !== report.at || known.elapsed_s <= report.elapsed_s) bySource.set(report.source_id, report)
    return report
  }

  return {
    ...loading,
    bySource,
    ask: async (id: string, seconds: number) => keep(await client.call('ask_doctor', { id, seconds })),
    cancel: async (id: string) => keep(await client.call('cancel_doctor', { id })),
  }
})
