import { ApiError } from '../api'
import { t } from '../strings'

/** What a person is told where something could not be done; fits `<ErrorPanel v-bind>`. */
export interface Problem {
  happened: string
  means?: string
  todo?: string
  code: string
  requestId?: string
  /** Seconds until it may be tried again. */
  waitS?: number
}

/** Words for whatever went wrong. Answered refusals speak for themselves. */
export function problemOf(cause: unknown): Problem {
  if (!(cause instanceof ApiError)) {
    return {
      happened: t('errors.unexpectedHappened'), means: t('errors.requestMeans'), todo: t('errors.requestDo'),
      code: cause instanceof Error ? cause.message : String(cause),
    }
  }
  if (cause.code === 'unreachable' || cause.code === 'timeout') {
    const happened = cause.code === 'timeout' ? t('errors.timeoutHappened') : t('errors.unreachableHappened')
    return {
      happened, means: t('errors.requestMeans'), todo: t('errors.requestDo'), code: `${cause.code}: ${cause.message}`,
      requestId: cause.requestId,
    }
  }
  return { happened: cause.message, code: cause.code, requestId: cause.requestId, ...(cause.waitS === undefined ? {} : { waitS: cause.waitS }) }
}
