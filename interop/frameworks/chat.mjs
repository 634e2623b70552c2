// The WebSocket part of every program in this folder: a chat in class style and rooms in function style, on the server of a framework.
import { attach, attachWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

/**
 * Attaches both to an HTTP server. `authenticate` gets the request, and returns `{ data }` with the user's name or throws an
 * `HttpException`. `options` are those of both attachments. Returns a function that closes the connections and resolves when they are gone.
 */
export function attachChat(server, authenticate, options = {}) {
  class Chat extends WebSocketServerProtocol {
    onConnect(request) {
      return authenticate(request)
    }

    onTextMessage(text) {
      this.sendMessage(`${this.data}: ${text}`)
    }
  }

  const chat = attachWS(new WebSocketServerFactory(undefined, { protocol: Chat }), server, { path: '/chat', ...options })
  const rooms = attach(
    server,
    { onConnect: authenticate, ...options },
    {
      '/rooms/:room': async ws => {
        for await (const message of ws) await ws.send(`${ws.data} in ${ws.pathParams.room}: ${message}`)
      },
    },
  )
  return async () => {
    await Promise.all([chat.close(), rooms.close()])
  }
}
