import { ApiMisuse, checkBackoff, checkOptions, type OptionChecks } from '@autobahn-ts/websocket/portable'
import { type ClientOptions, clientChecks } from './client-options.ts'

/** Checks the options of `connect`. `more` has the checks of those that belong to the edge. Throws `ApiMisuse`. */
export function checkClientOptions<More>(options: unknown, more: OptionChecks<More>): asserts options is ClientOptions & More {
  // `undefined` would pass as no options, and a realm is required
  if (options === undefined) throw noRealm()
  checkOptions<ClientOptions & More>(options, { ...clientChecks, ...more } as OptionChecks<ClientOptions & More>, 'connect')
  if ((options as Partial<ClientOptions>).realm === undefined) throw noRealm()
  const { reconnect } = options as ClientOptions
  if (typeof reconnect === 'object') checkBackoff(reconnect)
}

function noRealm(): ApiMisuse {
  return new ApiMisuse('option realm must be a URI: write { realm: "realm1" }')
}
