import type { ConnectOptions } from '@autobahn-ts/websocket/browser'
import {
  ApiMisuse,
  abortSignal,
  checkOptions,
  type OptionChecks,
  shownValue,
  someFunction,
  upToAnHour,
} from '@autobahn-ts/websocket/portable'
import { checkedSerializers } from '../transports/subprotocols.ts'
import { resolveTransportOptions } from '../transports/transport-settings.ts'
import type { DialOptions, DialSettings } from './dial-transport.ts'

/** Checks the options of `dialTransport`, and completes them. Loaded where a page sets options of its transport. Throws `ApiMisuse`. */
export function checkedSettings(options: DialOptions): DialSettings {
  if (typeof options !== 'object' || options === null)
    throw new ApiMisuse(`the options of dialTransport must be an object (with serializers), and not ${shownValue(options)}`)
  const { serializers, batched = false, onError, timeout, signal, socketClass, ...limits } = options
  const connect = {
    ...(timeout !== undefined && { timeout }),
    ...(signal !== undefined && { signal }),
    ...(socketClass !== undefined && { socketClass }),
  }
  checkOptions<ConnectOptions>(connect, connectChecks, 'transport')
  return {
    connect,
    limits: resolveTransportOptions(limits),
    spoken: { serializers: checkedSerializers(serializers), isBatched: batched },
    onError,
  }
}

const connectChecks: OptionChecks<ConnectOptions> = { timeout: upToAnHour, signal: abortSignal, socketClass: someFunction }
