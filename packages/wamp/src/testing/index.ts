/** The entry `@autobahn-ts/wamp/testing`. */

export { type MemoryTransport, type MemoryTransportOptions, memoryTransports } from '../transports/memory-transport.ts'
export { type Accepting, type JoinedOptions, joined } from './joined.ts'
export { ScriptedRouter } from './scripted-router.ts'
