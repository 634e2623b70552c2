import { type Listener, type ListenOptions, listenWS, permessageDeflate, WebSocketServerFactory } from '@autobahn-ts/websocket'
import { EchoServer } from './echo.ts'

/** Runs this library as a server to be tested: it echoes, with permessage-deflate, and with its own defaults for everything else. */
export async function testeeServer(place: ListenOptions = { host: '127.0.0.1', port: 9001 }): Promise<Listener> {
  return listenWS(new WebSocketServerFactory(undefined, { protocol: EchoServer, extensions: [permessageDeflate()] }), place)
}
