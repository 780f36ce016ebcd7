/** What somebody is changing about the settings: pure, so that every effect can be told before it is saved. */
import type { ChangeSettings, Settings } from '../../stores'
import { t } from '../../strings'

export interface Change {
  what: string
  effect: string
}

const NAME_MOST = 80
const CONTACT_MOST = 80

type Field = keyof Omit<Settings, 'archive_root_locked'>
const FIELDS: readonly Field[] = [
  'station', 'engineering_contact', 'archive_root', 'writing', 'interface', 'discovery', 'clock', 'kiosk', 'theme', 'reference_dbfs', 'peak_hold_s',
  'shortcuts', 'close_to_tray', 'pre_roll_s', 'pre_roll_mib',
]

function same(field: Field, a: Settings, b: Settings): boolean {
  return JSON.stringify(tidy(field, a)) === JSON.stringify(tidy(field, b))
}

/** Null and absent mean the same on the wire, and spaces around a name mean nothing. */
function tidy(field: Field, settings: Settings): unknown {
  const value = settings[field]
  if (typeof value === 'string') return value.trim()
  if (field !== 'writing') return value ?? null
  const { outputs, layout, custom_format: custom, period_s, clock } = settings.writing
  const tidied = outputs.map((one) => [one.format, one.bits ?? null, one.bitrate ?? null, one.vbr ?? null, one.complexity ?? null])
  return [tidied, layout, layout === 'custom' ? (custom ?? null) : null, period_s, clock]
}

export function changedFields(before: Settings, draft: Settings): Field[] {
  return FIELDS.filter((field) => !same(field, before, draft))
}

/** Only what differs is sent: what somebody else changes meanwhile stays. */
export function requestOf(before: Settings, draft: Settings): ChangeSettings {
  const request: ChangeSettings = {}
  for (const field of changedFields(before, draft)) {
    const value = field === 'interface' ? (draft.interface ?? '') : field === 'pre_roll_mib' ? (draft.pre_roll_mib ?? 0) : draft[field]
    // A plain copy: what is sent does not change under the sender's hands.
    Object.assign(request, { [field]: typeof value === 'string' ? value.trim() : (JSON.parse(JSON.stringify(value)) as unknown) })
  }
  return request
}

export function changes(before: Settings, draft: Settings): Change[] {
  return changedFields(before, draft).map((field) => ({ what: titleOf(field), effect: effectOf(field, draft) }))
}

function titleOf(field: Field): string {
  switch (field) {
    case 'station':
      return t('settings.stationName')
    case 'engineering_contact':
      return t('settings.contact')
    case 'archive_root':
      return t('settings.root')
    case 'writing':
      return t('settings.writing')
    case 'interface':
      return t('settings.interface')
    case 'discovery':
      return t('settings.discovery')
    case 'clock':
      return t('clock.follows')
    case 'kiosk':
      return t('settings.seat')
    case 'theme':
      return t('settings.theme')
    case 'reference_dbfs':
      return t('settings.reference')
    case 'peak_hold_s':
      return t('settings.peakHold')
    case 'shortcuts':
      return t('settings.shortcuts')
    case 'close_to_tray':
      return t('settings.closeToTray')
    case 'pre_roll_s':
      return t('settings.preRollLength')
    case 'pre_roll_mib':
      return t('settings.preRollMemory')
  }
}

function effectOf(field: Field, draft: Settings): string {
  switch (field) {
    case 'archive_root':
      return t('settings.effectIdle')
    case 'writing':
      return t('settings.effectNext')
    case 'interface':
      return t('settings.effectConnect')
    case 'kiosk':
      return draft.kiosk ? t('settings.effectSeat') : t('settings.effectSeatOff')
    case 'discovery':
    case 'clock':
    case 'station':
    case 'engineering_contact':
    case 'theme':
    case 'reference_dbfs':
    case 'peak_hold_s':
    case 'shortcuts':
    case 'close_to_tray':
    case 'pre_roll_s':
    case 'pre_roll_mib':
      return t('settings.effectNow')
  }
}

/** What is wrong with what was typed, by field. */
export function problemsOf(draft: Settings): Partial<Record<Field, string>> {
  const problems: Partial<Record<Field, string>> = {}
  const name = draft.station.trim()
  if (name === '') problems.station = t('settings.nameNeeded')
  else if (Array.from(name).length > NAME_MOST) problems.station = t('settings.tooLong', { n: NAME_MOST })
  if (Array.from(draft.engineering_contact.trim()).length > CONTACT_MOST) {
    problems.engineering_contact = t('settings.tooLong', { n: CONTACT_MOST })
  }
  const root = draft.archive_root.trim()
  if (root === '') problems.archive_root = t('settings.rootNeeded')
  else if (!root.startsWith('/')) problems.archive_root = t('settings.rootAbsolute')
  const clock = clockProblem(draft.clock)
  if (clock) problems.clock = clock
  return problems
}

function clockProblem({ reference, device, interface: name }: Settings['clock']): string | undefined {
  if (reference !== 'hardware') return undefined
  const given = [device, name].filter((text) => text?.trim())
  if (given.length === 0) return t('clock.deviceNeeded')
  return given.length > 1 ? t('clock.deviceOne') : undefined
}

/**
 * The draft after the settings changed elsewhere: fields that nobody is changing here follow, the others stay as typed.
 */
export function rebase(before: Settings, after: Settings, draft: Settings): Settings {
  const mine = changedFields(before, draft)
  return { ...structuredClone(after), ...Object.fromEntries(mine.map((field) => [field, draft[field]])) }
}
