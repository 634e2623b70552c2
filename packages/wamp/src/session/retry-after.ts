import type { Dict } from '../messages/message.ts'

/**
 * Returns the milliseconds that a router asks its client to wait before it comes back, in the details of GOODBYE or ABORT (decision 131): an hour at most, and 0 where
 * it asks for nothing.
 */
export function retryAfterOf({ _retry_after: wait }: Dict): number {
  return typeof wait === 'number' && wait > 0 ? Math.min(wait, longestWait) : 0
}

/** Milliseconds. */
const longestWait = 3_600_000
