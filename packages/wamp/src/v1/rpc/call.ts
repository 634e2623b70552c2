import type { List } from '../messages/message.ts'

/** A received call, as hooks and handlers see it. `Protocol` is the class of the connection. */
export class Call<Protocol = unknown> {
  readonly protocol: Protocol
  readonly callId: string
  /** The full URI, and from `onBeforeCall` on the one that it returned. */
  uri: string
  args: List
  /** The value that was registered with the handler. */
  extra: unknown
  /** The result of the procedure, and from `onAfterCallSuccess` on the one that it returned. */
  result: unknown
  /** The error of the procedure, and from `onAfterCallError` on the one that it returned. */
  error: unknown

  constructor(protocol: Protocol, callId: string, uri: string, args: List) {
    this.protocol = protocol
    this.callId = callId
    this.uri = uri
    this.args = args
  }
}
