import { type ConnectionOptions, permessageDeflate } from '@autobahn-ts/websocket'
import type { Command } from 'commander'
import { secondsUpTo } from './number-flag.ts'
import { added } from './repeated-flag.ts'
import { type RequestValues, requestFrom, withRequestFlags } from './request-flags.ts'

/** The values of the flags that all commands of a WebSocket client have. */
export interface WebSocketValues extends RequestValues {
  readonly protocol?: readonly string[]
  readonly compress?: boolean
  readonly timeout: number
}

/** Adds the flags that all commands of a WebSocket client have. */
export function withWebSocketFlags(command: Command): Command {
  return withRequestFlags(
    command
      .option('--protocol <name>', 'Subprotocol to offer; repeatable.', added)
      .option('--compress', 'Offers permessage-deflate.')
      .option('--timeout <seconds>', 'Time for the opening handshake.', secondsUpTo(3600), 10),
  )
}

/** Returns the options of `connect` that the flags ask for. Ends the program with one sentence where a value cannot be used. */
export function webSocketFrom(command: Command, values: WebSocketValues): ConnectionOptions {
  const { protocol, compress, timeout } = values
  return {
    ...requestFrom(command, values),
    timeout,
    openHandshakeTimeout: timeout,
    ...(protocol && { protocols: protocol }),
    ...(compress === true && { extensions: [permessageDeflate()] }),
  }
}
