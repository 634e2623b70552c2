import type { ByteStream } from '../../bytes/byte-stream.ts'
import type { Clock } from '../../bytes/clock.ts'
import type { Text } from '../../bytes/text.ts'
import type { HookRunner } from '../hooks/hook-runner.ts'
import type { Hooks } from '../hooks/hooks.ts'
import type { ConnectionState } from '../life/connection-state.ts'
import type { Deadline } from '../life/deadline.ts'
import type { CommonOptions } from '../options/options.ts'
import type { Incoming } from '../receiving/incoming.ts'
import type { Outbox } from '../sending/outbox.ts'

/** The parts of a connection that its end needs. */
export interface ClosingParts {
  readonly state: ConnectionState
  /** The deadline of the opening handshake, if that is not done. The end takes it over. */
  readonly deadline: Deadline
  readonly clock: Clock
  readonly stream: ByteStream
  readonly runner: HookRunner
  readonly incoming: Incoming
  readonly outbox: Outbox
  readonly events: ClosingEvents
  readonly hooks: Hooks
  /** As in `SharedParts`: whether the application can answer messages only when microtasks run. */
  readonly answersInMicrotasks: boolean
  readonly text: Text
  readonly isServer: boolean
  /** The option of a client; `undefined` on a server. */
  readonly serverConnectionDropTimeout: number | undefined
  readonly options: Pick<CommonOptions, 'failByDrop' | 'echoCloseCodeReason' | 'closeHandshakeTimeout' | 'failLingerTimeout'>
}

export interface ClosingEvents {
  /** The connection begins to end: no automatic ping follows. It may be called several times. */
  endBegan(): void
  /**
   * The peer sends no more, and hooks of what it has sent still wait. An application that paused the reading may let them be called now.
   */
  lastHooksWait(): void
}
