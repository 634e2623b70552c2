// Stands in for the package in bundles for browsers. It can be imported everywhere, and says what to use where it is called.
import main from './browser.cjs'

export { main as createWebSocketStream, main as default, main as WebSocket, main as WebSocketServer }
