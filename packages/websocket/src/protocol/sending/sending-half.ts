import type { ByteStream } from '../../bytes/byte-stream.ts'
import { chosenMasker } from '../../bytes/masker.ts'
import type { Runtime } from '../../bytes/runtime.ts'
import type { ExtensionChain } from '../extending/extension-chain.ts'
import type { WireTap } from '../frames/wire-tap.ts'
import type { CommonOptions } from '../options/options.ts'
import type { EncodingEvents } from './encoding-queue.ts'
import { Framer } from './framer.ts'
import { type BatchOwner, OutgoingBatch, type ScratchPool } from './outgoing-batch.ts'

/** The parts of a connection with which a sending half is made. */
export interface SendingHalfParts {
  readonly stream: ByteStream
  /** The protocol, for taps. */
  readonly hooks: object
  readonly wireTap?: WireTap | undefined
  readonly shared: {
    readonly runtime: Runtime
    readonly pool: ScratchPool
    /** `masks`: whether our frames are masked, as those of clients are (RFC 6455 §5.1). */
    readonly role: { readonly masks: boolean }
    readonly options: Pick<CommonOptions, 'applyMask' | 'autoFragmentSize'>
  }
}

/** The connection that a sending half serves. */
export interface SendingConnection extends BatchOwner, EncodingEvents {
  /** Shows an observer each message that is sent; `undefined` where there is none. */
  readonly messageTap?: ((isBinary: boolean, size: number) => void) | undefined
}

/**
 * A framer and the batch that it writes into: what a connection needs while it sends, and can do without between two messages. So it serves
 * one connection after the other (decision 70); `BorrowedHalf` is the part that stays with each connection.
 */
export class SendingHalf {
  readonly framer: Framer
  readonly batch: OutgoingBatch
  #connection: SendingConnection | undefined

  /** Makes a half for a connection, which it serves first. */
  constructor({ stream, hooks, wireTap, shared }: SendingHalfParts, chain: ExtensionChain, connection: SendingConnection) {
    const { runtime, pool, options, role } = shared
    this.#connection = connection
    this.batch = new OutgoingBatch(stream, pool, connection)
    this.framer = new Framer({
      batch: this.batch,
      chain,
      rules: { masks: role.masks, masker: chosenMasker(options.applyMask, runtime.masker), wireTap },
      runtime,
      stats: connection.stats,
      source: wireTap === undefined ? undefined : hooks,
      messageTap: connection.messageTap,
      autoFragmentSize: options.autoFragmentSize,
      events: connection,
    })
  }

  /** Serves this connection from now on, which has no extensions and no taps. Called at rest; does nothing for the one it serves already. */
  serve(connection: SendingConnection, stream: ByteStream): void {
    if (connection === this.#connection) return
    this.#connection = connection
    this.batch.serve(stream, connection)
    this.framer.serve(connection.stats)
  }

  /** Forgets the connection that it has served, which is gone: an old half would keep it in memory after that (decision 170). Called at rest. */
  leave(): void {
    this.#connection = undefined
    this.batch.leave()
    this.framer.leave()
  }
}
