import type { Octets } from '@autobahn-ts/websocket/portable'

/** The answer to a request of long-poll, for whatever speaks HTTP. */
export interface LongPollAnswer {
  /**
   * 200 with a body; 204 without one, for requests that were taken and for polls without messages; 400, 404, 410, 413 or 503 for what cannot be
   * done. A transport that was closed properly is gone (410), any other is not found (404).
   */
  readonly status: number
  readonly body: Octets
  /** Whether the body is octets, and not JSON. */
  readonly isBinary: boolean
  /** Has to be called where the answer did not reach the client; its messages are sent again. */
  readonly lost?: () => void
}

/** Makes an answer without a body. */
export function answerOf(status: number): LongPollAnswer {
  return { status, body: nothing, isBinary: false }
}

const nothing: Octets = new Uint8Array(0)
