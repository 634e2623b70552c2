import type { List } from '../messages/message.ts'

/** A call on its way through hooks and handlers. `Protocol` is what the call came in on. */
export class Call<Protocol = unknown> {
  readonly protocol: Protocol
  readonly callId: string
  /** Resolved, and as `onBeforeCall` left it. */
  uri: string
  args: List
  /** What was given when the handler was registered. */
  extra: unknown
  /** What the procedure returned, and `onAfterCallSuccess` may have changed. */
  result: unknown
  /** What the procedure threw, and `onAfterCallError` may have changed. */
  error: unknown

  constructor(protocol: Protocol, callId: string, uri: string, args: List) {
    this.protocol = protocol
    this.callId = callId
    this.uri = uri
    this.args = args
  }
}
