import { ApiMisuse } from '@autobahn-ts/websocket/portable'

/** What is used of the platform's `WebSocket`. */
export interface PlatformSocket {
  binaryType: string
  readonly protocol: string
  readonly bufferedAmount: number
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: SocketEvent) => void): void
  send(text: string): void
  close(code?: number, reason?: string): void
}

/** Its events, as one: each has the fields of its type. */
export interface SocketEvent {
  readonly type: string
  readonly data?: unknown
  readonly code?: number
  readonly reason?: string
  readonly wasClean?: boolean
  /** Browsers tell nothing; Node, Deno and Bun say what went wrong. */
  readonly error?: unknown
  readonly message?: string
}

export type PlatformSocketClass = new (url: string, protocols: string[]) => PlatformSocket

/** The `WebSocket` of the runtime. */
export function platformSocketClass(): PlatformSocketClass {
  const { WebSocket } = globalThis as { readonly WebSocket?: PlatformSocketClass }
  if (WebSocket !== undefined) return WebSocket
  throw new ApiMisuse('this runtime has no WebSocket (Node has it from 22 on); give a class like it as socketClass')
}
