import type { Access, Way } from '../../stores'
import { t } from '../../strings'

export const LEVELS: readonly Access[] = ['viewer', 'studio', 'operator', 'admin']

export function levelWord(level: Access): string {
  switch (level) {
    case 'viewer':
      return t('access.levelViewer')
    case 'studio':
      return t('access.levelStudio')
    case 'operator':
      return t('access.levelOperator')
    case 'admin':
      return t('access.levelAdmin')
  }
}

export function levelWhat(level: Access): string {
  switch (level) {
    case 'viewer':
      return t('access.levelViewerWhat')
    case 'studio':
      return t('access.levelStudioWhat')
    case 'operator':
      return t('access.levelOperatorWhat')
    case 'admin':
      return t('access.levelAdminWhat')
  }
}

export function wayWord(way: Way): string {
  switch (way) {
    case 'here':
      return t('access.wayHere')
    case 'local':
      return t('access.wayLocal')
    case 'provider':
      return t('access.wayProvider')
    case 'breakglass':
      return t('access.wayBreakglass')
    case 'token':
      return t('access.wayToken')
  }
}

/** What a browser calls itself, in as few words as say which it is. */
export function deviceOf(agent: string): string {
  const browser = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']].find(([mark]) => agent.includes(mark!))?.[1]
  const system = [['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Windows', 'Windows'], ['Mac OS', 'macOS'], ['Linux', 'Linux']].find(([mark]) => agent.includes(mark!))?.[1]
  return browser && system ? t('access.deviceOf', { browser, system }) : agent.slice(0, 60) || t('access.deviceUnknown')
}

/** What a password lacks, if anything: at least 10 characters, at most 256 bytes. */
export function passwordProblem(password: string): string | undefined {
  if ([...password].length < 10) return t('access.tooShort', { n: 10 })
  return new TextEncoder().encode(password).length > 256 ? t('access.tooLong') : undefined
}
