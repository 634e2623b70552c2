import { seconds } from '../protocol/checks/option-values.ts'
import { explained, type OptionSetting, type OptionSettings, type OptionTable, optionSetting } from '../protocol/options/option-table.ts'

/** Limits of a factory's connections on a page. Sizes are in octets, times in seconds; names and defaults are those that clients have on Node. */
export interface BrowserOptions {
  readonly maxMessagePayloadSize: number
  readonly maxWaitingSize: number
  readonly closeHandshakeTimeout: number
  readonly sendHighWaterMark: number
  readonly maxUnsentSize: number
}

const MiB = 1024 * 1024

/** The defaults and checks of the options. Their texts stand apart, in `browserOptions`, so that pages do not load them. */
export const browserSettings: OptionSettings<BrowserOptions> = {
  maxMessagePayloadSize: size(16 * MiB),
  maxWaitingSize: size(4 * MiB),
  closeHandshakeTimeout: optionSetting(5, seconds.wanted, seconds.holds),
  sendHighWaterMark: size(64 * 1024),
  maxUnsentSize: size(16 * MiB),
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

function size(octets: number): OptionSetting<number> {
  return optionSetting(octets, 'a whole number of octets', value => Number.isSafeInteger(value) && Number(value) >= 0)
}
