import type { Octets } from '../bytes/octets.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { formatExtension } from '../handshake/http/extension-header.ts'
import { aimAt } from './aim-at.ts'
import type { Dial } from './dialer.ts'
import { StreamFactory } from './stream-factory.ts'
import type { OpenStream, StreamedConnection } from './streamed-connection.ts'

/** Returns the way to open a `WebSocketStream` over this library's core. Throws `ApiMisuse` for options that cannot be used. */
export function dialledStream(url: URL, protocols: readonly string[], dial: Dial): OpenStream {
  let closeFrameCame: (code: number | undefined, reason: Octets) => void = () => {}
  const factory = new StreamFactory(anywhere, protocols, dial.factoryOptions, (...frame) => closeFrameCame(...frame))
  return async (signal, onCloseFrame) => {
    closeFrameCame = onCloseFrame
    aimAt(factory, url)
    const { conversation } = await dial.connect(factory, signal)
    return streamed(conversation)
  }
}

function streamed(conversation: Conversation): StreamedConnection {
  const { protocol } = conversation
  return {
    extensions: conversation.extensions.map(({ name, parameters }) => formatExtension(name, parameters)).join(', '),
    subprotocol: conversation.subprotocol,
    closed: protocol.closed,
    send: message => conversation.send(message),
    sendClose: (code, reason) => protocol.sendClose(code, reason),
    discard: () => conversation.inbox.stop(),
    [Symbol.asyncIterator]: () => conversation[Symbol.asyncIterator](),
  }
}

/** The URL with which a factory is made so that mistakes in options show before the URL is read. */
const anywhere = 'ws://localhost'
