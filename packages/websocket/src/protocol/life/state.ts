/** The state of a connection as applications see it, numbered as the platform's `WebSocket` does (RFC 6455 §4.1 and §7.1). */
export const State = { Connecting: 0, Open: 1, Closing: 2, Closed: 3 } as const
export type State = (typeof State)[keyof typeof State]
