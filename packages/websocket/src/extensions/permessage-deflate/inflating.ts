import { type Awaitable, afterwards, isPromise } from '../../bytes/awaitable.ts'
import { CorruptData, type Decompressor } from '../../bytes/deflate.ts'
import type { Emit, Octets } from '../../bytes/octets.ts'
import { CloseCode } from '../../protocol/close-code.ts'
import { PeerMisbehaved } from '../../protocol/errors.ts'
import type { MessageTransform } from '../../protocol/extension.ts'

/** Decompresses one message, RFC 7692 §7.2.2. */
export class Inflating implements MessageTransform {
  readonly reserved: number = 0
  readonly #decompressor: Decompressor
  readonly #ended: () => void

  /** `ended` is called once, when the message is complete. */
  constructor(decompressor: Decompressor, ended: () => void) {
    this.#decompressor = decompressor
    this.#ended = ended
  }

  write(octets: Octets, emit: Emit): Awaitable<void> {
    return blamingPeer(() => this.#decompressor.write(octets, emit))
  }

  end(emit: Emit): Awaitable<void> {
    return afterwards(
      blamingPeer(() => this.#decompressor.endMessage(emit)),
      this.#ended,
    )
  }
}

function blamingPeer(work: () => Awaitable<void>): Awaitable<void> {
  try {
    const result = work()
    return isPromise(result) ? result.catch(blame) : result
  } catch (error) {
    blame(error)
  }
}

function blame(error: unknown): never {
  if (!(error instanceof CorruptData)) throw error
  throw new PeerMisbehaved(CloseCode.InvalidPayload, `compressed message cannot be decompressed: ${error.message}`)
}
