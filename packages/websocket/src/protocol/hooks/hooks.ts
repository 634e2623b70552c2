import type { Awaitable } from '../../bytes/awaitable.ts'
import type { Octets } from '../../bytes/octets.ts'
import type { FrameHeader } from '../frames/frame-header.ts'

/** The part of a message that stays in memory until it is complete: all of it, each frame, or nothing, because each piece is passed on. */
export type Kept = 'message' | 'frame' | 'nothing'

/** The methods of the application's protocol object that a connection calls. */
export interface Hooks {
  /** The use of the message that has begun, if the hooks know more than their overrides show. */
  readonly keeps?: Kept | undefined
  /** The probable use of the next message, while `onMessageBegin` has not been called for it because other hooks still wait. */
  readonly willKeep?: Kept | undefined
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
