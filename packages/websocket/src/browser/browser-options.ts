import { explained, type OptionTable } from '../protocol/options/option-table.ts'
import { browserSettings } from './browser-settings.ts'

export { browserSettings }

/** Limits of a factory's connections on a page. Sizes are in octets, times in seconds; names and defaults are those that clients have on Node. */
export interface BrowserOptions {
  readonly maxMessagePayloadSize: number
  readonly maxWaitingSize: number
  readonly closeHandshakeTimeout: number
  readonly sendHighWaterMark: number
  readonly maxUnsentSize: number
}

/** The options with their meanings: defaults, checks and texts. */
export const browserOptions: OptionTable<BrowserOptions> = /* @__PURE__ */ explained<BrowserOptions>(browserSettings, {
  maxMessagePayloadSize: [
    'Largest incoming message; 0 means no limit. A page has received it whole before it is checked; a larger one fails the connection with 1009.',
    'As on Node.',
  ],
  maxWaitingSize: [
    'Octets of messages that may wait for a hook whose promise is pending; above it the connection is failed with 1008.',
    'A page cannot stop its peer, so something has to bound what waits.',
  ],
  closeHandshakeTimeout: [
    'Seconds to wait for the answer to our close frame; 0 waits as long as the browser does.',
    'As on Node; how long browsers wait differs.',
  ],
  sendHighWaterMark: ['Unsent octets above which sending returns `false`; `onDrain` follows.', 'As on Node.'],
  maxUnsentSize: [
    'Unsent octets above which the connection is dropped; 0 means no limit.',
    'As on Node: a peer that does not read is of no use.',
  ],
})
