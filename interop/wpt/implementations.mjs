/**
 * The implementations that are tested. Each returns the globals that take the place of those of the runtime.
 *
 * @type {Readonly<Record<string, (location: URL) => Promise<Record<string, unknown>>>>}
 */
export const implementations = {
  'autobahn-ts': async () => {
    const { CloseEvent, ErrorEvent, WebSocket, WebSocketError, WebSocketStream } = await import('@autobahn-ts/websocket/whatwg')
    return { CloseEvent, ErrorEvent, WebSocket, WebSocketError, WebSocketStream }
  },
  undici: async location => {
    const { CloseEvent, ErrorEvent, MessageEvent, setGlobalOrigin, WebSocket, WebSocketError, WebSocketStream } = await import('undici')
    // the base of relative URLs, which the other implementation finds in the global location
    setGlobalOrigin(location.href)
    return { CloseEvent, ErrorEvent, MessageEvent, WebSocket, WebSocketError, WebSocketStream }
  },
}
