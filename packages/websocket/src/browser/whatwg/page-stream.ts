import type { OpenStream } from '../../whatwg/streamed-connection.ts'
import { browserClock } from '../browser-clock.ts'
import { opened, socketTo } from '../opening.ts'
import { PageConversation } from '../page-conversation.ts'
import { pageDefaults } from '../page-defaults.ts'

/** Returns the way to open a `WebSocketStream` over the platform's `WebSocket`. */
export function pageStream(url: URL, protocols: readonly string[]): OpenStream {
  return async signal => {
    const socket = socketTo(url.href, protocols, { signal })
    const conversation = new PageConversation(socket, settings)
    await opened(conversation.socket, browserClock, { signal, timeout: 0 })
    return {
      extensions: (socket as { readonly extensions?: string }).extensions ?? '',
      subprotocol: conversation.subprotocol,
      closed: conversation.socket.closed,
      send: message => conversation.send(message),
      sendClose: (code, reason) => void conversation.socket.sendClose(code, reason),
      // the connection is closing already, and closing it again discards what waits
      discard: () => void conversation.close(),
      [Symbol.asyncIterator]: () => conversation[Symbol.asyncIterator](),
    }
  }
}

/** The platform has no largest message. What waits is bounded, because a page cannot stop its server. */
const settings = { ...pageDefaults, maxMessagePayloadSize: 0, maxUnsentSize: 0 }
