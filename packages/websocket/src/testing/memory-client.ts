import type { WebSocketClientFactory } from '../application/client-factory.ts'
import type { WebSocketClientProtocol } from '../application/protocol.ts'
import type { ByteStream } from '../bytes/byte-stream.ts'
import type { Connection } from '../conversation/connection.ts'
import { ConversationFactory, type ConversationOptions } from '../conversation/function-factories.ts'
import type { TransportDetails } from '../protocol/life/transport-details.ts'
import type { FakeRuntime } from './fake-runtime.ts'

/** The client's side in class style, with the class of its protocols. */
export type ClientFactory<C extends WebSocketClientProtocol> = WebSocketClientFactory & {
  buildProtocol(transport: TransportDetails): C
}

/** Begins a client's connection over a stream: a protocol in class style, a `Connection` for a URL. */
export function clientOn(
  client: ClientFactory<WebSocketClientProtocol> | string | URL,
  stream: ByteStream,
  runtime: FakeRuntime,
  options: ConversationOptions = {},
): WebSocketClientProtocol | Connection {
  const isUrl = typeof client === 'string' || client instanceof URL
  const factory = isUrl ? new ConversationFactory(String(client), options) : client
  const { host: address, port, isSecure } = factory
  const transport = { peer: { address, port }, own: { address: '', port: undefined }, isSecure }
  const protocol = factory.connectStream(stream, transport, runtime)
  return 'conversation' in protocol ? (protocol.conversation as Connection) : protocol
}
