/** The entry `@autobahn-ts/wamp/passthru`: payload passthru mode. */

export type { MessageFilter } from '../session/message-filter.ts'
export { passthru } from './passthru.ts'
export type { PayloadCodec, SealedPayload } from './payload-codec.ts'
