/**
 * Returns the milliseconds to wait before the next attempt: doubling from half a second to at most 15 seconds. A random part keeps the
 * pages of a restarted server from reconnecting all at the same time.
 */
export function retryDelay(failures, random = Math.random()) {
  const most = Math.min(longest, shortest * 2 ** Math.min(failures, 20))
  return most * (0.75 + random * 0.25)
}

const shortest = 500
const longest = 15_000
