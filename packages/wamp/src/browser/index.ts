/** The entry `@autobahn-ts/wamp` in browsers: the client of WAMP version 2, over the platform's `WebSocket`. */

export * from '../portable.ts'
export { type ConnectOptions, connect, type RouterUrl, type TransportSettings } from './connect.ts'
/** In the place of that of `portable`, which is faster where payloads are large or not read, and three times its size. */
export { JsonSerializer } from './json-serializer.ts'
