import { encodeText } from '../bytes/text.ts'
import { checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { abortSignal, objectOrDefaults, trueOrFalse } from '../protocol/checks/option-values.ts'
import { closeReason } from '../protocol/frames/close-frame.ts'
import { type ReconnectingOptions, reconnectingChecks } from '../reconnect/reconnecting-options.ts'
import { browserSettings } from './browser-settings.ts'
import type { ConnectionOptions } from './connect.ts'
import { connectOptions, protocolList } from './connect-options.ts'
import type { Connection, PageMessageOptions } from './page-conversation.ts'

// The checks of the function style with their words. They are loaded where options do not surely fit, that is, for mistakes.

export { jsonText } from '../conversation/json-text.ts'
export { pageSendable } from './page-message.ts'
export { socketUrl } from './socket-url.ts'

/** Checks the code and the reason of `close`. Throws `ApiMisuse`. */
export function checkClose(code: number, reason: string): void {
  closeReason(code, reason, { encode: encodeText })
}

/** Checks the options of `connect`. Throws `ApiMisuse`. */
export function checkConnectOptions(options: ConnectionOptions): void {
  checkOptions<ConnectionOptions>(options, connectChecks, 'connect')
}

/** Checks the options of `reconnect`. Throws `ApiMisuse`. */
export function checkReconnecting(options: ReconnectingOptions<Connection>): void {
  checkOptions(options, reconnectingChecks, 'reconnect')
}

/** Checks the options of `send`. Throws `ApiMisuse`. */
export function checkSendOptions(options: PageMessageOptions): void {
  checkOptions<PageMessageOptions>(options, sendChecks, 'send')
}

const connectChecks: OptionChecks<ConnectionOptions> = {
  ...connectOptions,
  protocols: protocolList,
  reconnect: objectOrDefaults,
  ...browserSettings,
}

const sendChecks: OptionChecks<PageMessageOptions> = { binary: trueOrFalse, signal: abortSignal }
