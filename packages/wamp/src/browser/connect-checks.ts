import { anyValue, type OptionChecks, optionCheck } from '@autobahn-ts/websocket/portable'
import { checkClientOptions } from '../client/check-client-options.ts'
import type { ConnectOptions } from './connect.ts'

/** Checks the options of `connect`. Loaded where they do not surely fit. Throws `ApiMisuse`. */
export function checkConnectOptions(options: ConnectOptions): void {
  checkClientOptions<ConnectMore>(options, connectChecks)
}

type ConnectMore = Pick<ConnectOptions, 'serializers' | 'transport'>

const connectChecks: OptionChecks<ConnectMore> = {
  serializers: anyValue,
  transport: optionCheck('an object of options of the transport', value => typeof value === 'object' && value !== null),
}
