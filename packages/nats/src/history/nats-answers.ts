import { asError, BusError } from '@autobahn-ts/websocket/portable'
import { NoRespondersError, PermissionViolationError } from '@nats-io/transport-node'

/**
 * Returns the error for an answer of NATS that will not change by itself: it has refused, or the stream cannot be what it must be. Returns
 * `undefined` where it may change: no answer in time, a stream without a leader.
 */
export function refusalIn(thrown: unknown): BusError | undefined {
  if (thrown instanceof BusError) return thrown.reason === 'refused' ? thrown : undefined
  const error = asError(thrown)
  const cause = error.cause instanceof Error ? error.cause : error
  if (error instanceof PermissionViolationError || cause instanceof PermissionViolationError)
    return new BusError('refused', `NATS refused: ${error.message}`, { cause: thrown })
  return undefined
}

/** Whether nothing took a message that asked for an answer, so that it is not stored. */
export function isUntaken(thrown: unknown): boolean {
  const error = asError(thrown)
  return error instanceof NoRespondersError || error.cause instanceof NoRespondersError || refusalIn(thrown) !== undefined
}
