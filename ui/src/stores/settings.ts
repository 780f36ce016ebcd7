import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { session, useEvent, type Interface, type Request, type Settings } from '../api'
import { useLoading } from './loading'

export const useSettingsStore = defineStore('settings', () => {
  const { client } = session()
  const settings = shallowRef<Settings>()

  const loading = useLoading(async () => {
    settings.value = await client.call('settings', {})
  })
  useEvent('settings', (next) => {
    settings.value = next
  })

  return {
    ...loading,
    settings,
    async change(request: Request<'change_settings'>): Promise<Settings> {
      settings.value = await client.call('change_settings', request)
      return settings.value
    },
    interfaces: async (): Promise<Interface[]> => (await client.call('interfaces', {})).interfaces,
    diagnostics: () => client.call('diagnostics', {}),
    backups: async () => (await client.call('backups', {})).backups,
    makeBackup: () => client.call('make_backup', {}, 60_000),
    checkBackup: (name: string) => client.call('check_backup', { name }, 60_000),
    restoreBackup: (name: string) => client.call('restore_backup', { name }, 60_000),
    exportConfiguration: () => client.call('export_configuration', {}, 60_000),
    checkConfiguration: (text: string) => client.call('check_configuration', { text }, 60_000),
    importConfiguration: (text: string, fingerprint: string) => client.call('import_configuration', { text, fingerprint }, 60_000),
    removeDemo: () => client.call('remove_demo', {}),
  }
})
