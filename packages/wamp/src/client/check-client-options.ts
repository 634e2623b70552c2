import { checkBackoff, checkOptions, type OptionChecks } from '@autobahn-ts/websocket/portable'
import { type ClientOptions, clientChecks } from './client-options.ts'

/** Checks the options of `connect`. `more` has the checks of those that belong to the edge. Throws `ApiMisuse`. */
export function checkClientOptions<More>(options: unknown, more: OptionChecks<More>): asserts options is ClientOptions & More {
  // `undefined` would pass as no options, and a realm is required
  checkOptions<ClientOptions & More>(options ?? null, { ...clientChecks, ...more } as OptionChecks<ClientOptions & More>, 'connect')
  checkOptions<Pick<ClientOptions, 'realm'>>({ realm: (options as ClientOptions).realm ?? null }, { realm: clientChecks.realm }, 'connect')
  const { reconnect } = options as ClientOptions
  if (typeof reconnect === 'object') checkBackoff(reconnect)
}
