/** The entry `@autobahn-ts/wamp`: the client of WAMP version 2, on Node. */

export * from '../portable.ts'
export { type ConnectOptions, connect, type RouterUrl, type TransportSettings } from './connect.ts'
export { connectOver } from './connect-over.ts'
