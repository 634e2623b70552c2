/** The entry `@autobahn-ts/wamp` in browsers: the client of WAMP version 2, over the platform's `WebSocket`. */

export * from '../portable.ts'
export { type ConnectOptions, connect, type RouterUrl, type TransportSettings } from './connect.ts'
