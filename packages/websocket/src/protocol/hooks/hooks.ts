import type { Awaitable } from '../../bytes/awaitable.ts'
import type { Octets } from '../../bytes/octets.ts'
import type { FrameHeader } from '../frames/frame-header.ts'

/** How much of a message stays in memory until it is complete: all of it, each frame, or nothing, because each piece is handed on. */
export type Kept = 'message' | 'frame' | 'nothing'

/** What a connection calls on the application's protocol object. */
export interface Hooks {
  /** What the hooks do with the message that has begun, where they know better than what they override tells. */
  readonly keeps?: Kept
  /** What the hooks will probably do with the next message, while `onMessageBegin` has not been called for it because other hooks still wait. */
  readonly willKeep?: Kept
  onOpen(): Awaitable<void>
  onClose(wasClean: boolean, code: number, reason: string): Awaitable<void>
  onMessage(payload: Octets, isBinary: boolean): Awaitable<void>
  onTextMessage?(text: string): Awaitable<void>
  onMessageBegin(isBinary: boolean): Awaitable<void>
  onMessageFrame(payload: Octets, reserved: number): Awaitable<void>
  onMessageEnd(): Awaitable<void>
  onMessageFrameBegin(length: number | bigint, reserved: number): Awaitable<void>
  onMessageFrameData(payload: Octets): Awaitable<void>
  onMessageFrameEnd(): Awaitable<void>
  onPing(payload: Octets): Awaitable<void>
  onPong(payload: Octets): Awaitable<void>
  onAutoPong(roundTripTime: number, payload: Octets): Awaitable<void>
  onCloseFrame(code: number | undefined, reason: Octets): Awaitable<void>
  onFrame(frame: FrameHeader, payload: Octets): Awaitable<void>
  onDrain(): Awaitable<void>
}
