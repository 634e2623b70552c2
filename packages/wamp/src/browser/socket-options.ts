import { type BrowserOptions, browserSettings } from '@autobahn-ts/websocket/browser'
import type { OptionSettings } from '@autobahn-ts/websocket/portable'
import { wampMessageSize } from '../v1/ports/wamp-factory.ts'

/** Limits of a factory's connections, beside those of WAMP, which bound what waits by `maxSessionWorkSize`. */
export type SocketOptions = Omit<BrowserOptions, 'maxWaitingSize'>

/** The options of the WebSocket layer on a page: their checks, and the defaults that they have under WAMP. */
export const socketOptions: OptionSettings<SocketOptions> = /* @__PURE__ */ underWamp(browserSettings)

function underWamp({ maxWaitingSize: _, ...settings }: OptionSettings<BrowserOptions>): OptionSettings<SocketOptions> {
  return { ...settings, maxMessagePayloadSize: { ...settings.maxMessagePayloadSize, default: wampMessageSize } }
}
