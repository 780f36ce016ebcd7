import type { Level } from '../../stores'
import { t } from '../../strings'

export const LEVELS: readonly Level[] = ['viewer', 'studio', 'operator', 'admin']

export function levelWord(level: Level): string {
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

export function levelWhat(level: Level): string {
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
