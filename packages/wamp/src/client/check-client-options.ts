import { ApiMisuse, checkBackoff, checkOptions, type OptionChecks } from '@autobahn-ts/websocket/portable'
import { type ClientOptions, clientChecks } from './client-options.ts'

/** Checks the options of `connect`. `more` has the checks of those that belong to the edge. Throws `ApiMisuse`. */
export function checkClientOptions<More>(options: unknown, more: OptionChecks<More>): asserts options is ClientOptions & More {
  // `undefined` would pass as no options, and a realm is required
  if (options === undefined) throw new ApiMisuse(`the options of connect must be an object, and not undefined: write ${example}`)
  checkOptions<ClientOptions & More>(options, { ...clientChecks, ...more } as OptionChecks<ClientOptions & More>, 'connect')
  if ((options as Partial<ClientOptions>).realm === undefined)
    throw new ApiMisuse(`option realm must be a URI, such as "realm1", and not undefined: write ${example}`)
  const { reconnect } = options as ClientOptions
  if (typeof reconnect === 'object') checkBackoff(reconnect)
}

const example = "connect('ws://127.0.0.1:8080', { realm: 'realm1' })"
