import { ApiMisuse } from '@autobahn-ts/websocket'

/** Throws `ApiMisuse` for an option of `connect` that has another place, or another name in autobahn-js, with what to write. */
export function checkPlaces(options: unknown): void {
  if (typeof options !== 'object' || options === null) return
  for (const [name, meant] of elsewhere)
    if (Object.hasOwn(options, name)) throw new ApiMisuse(`there is no option ${name} of connect; did you mean ${meant}?`)
}

const elsewhere: ReadonlyMap<string, string> = new Map([
  ['tls', 'transport: { tls }'],
  ['proxy', 'transport: { proxy }'],
  ['headers', 'transport: { headers }'],
  ['max_retries', 'reconnect: { maxRetries }'],
  ['initial_retry_delay', 'reconnect: { initialDelay }'],
  ['max_retry_delay', 'reconnect: { maxDelay }'],
  ['onchallenge', 'auth'],
  ['onChallenge', 'auth'],
])
