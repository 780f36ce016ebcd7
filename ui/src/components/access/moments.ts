import { moment } from '../../format'
import { useStatusStore } from '../../stores'

/** Writes moments of the contract as people read them, in the station's time. */
export function useMoments(): (at: string) => string {
  const status = useStatusStore()
  return (at) => moment(Date.parse(at), status.now, status.zone)
}
