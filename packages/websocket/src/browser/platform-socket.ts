import type { ReceivedOctets } from '../bytes/octets.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'

/** The part of the platform's `WebSocket` that is used here. */
export interface PlatformSocket {
  binaryType: string
  readonly protocol: string
  readonly bufferedAmount: number
  readonly readyState: number
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: SocketEvent) => void): void
  send(data: string | ReceivedOctets): void
  close(code?: number, reason?: string): void
}

/** The events of a `WebSocket` as one type; each event has the fields of its kind. */
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

/** Gives the `WebSocket` of the runtime. Throws `ApiMisuse` where it does not have one. */
export function platformSocketClass(): PlatformSocketClass {
  const { WebSocket } = globalThis as { readonly WebSocket?: PlatformSocketClass }
  if (WebSocket !== undefined) return WebSocket
  throw new ApiMisuse('this runtime has no WebSocket (Node has it from 22 on); give a class like it as socketClass')
}
