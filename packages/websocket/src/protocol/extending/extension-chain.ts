import { type Awaitable, afterwards, heeded, isPromise } from '../../bytes/awaitable.ts'
import { copyOf, type Emit, noOctets, type Octets } from '../../bytes/octets.ts'
import { ApiMisuse } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'
import type { FrameHeader } from '../frames/frame-header.ts'
import { emittedOctets, givenOctets } from '../frames/given-octets.ts'
import type { SendOutcome } from '../frames/send-options.ts'
import type { ExtensionInstance, ExtensionLink, MessageTransform, NegotiatedExtension, OutgoingMessage } from './extension.ts'
import { answering, blamed, callAtOnce, callMember, checkedTransform } from './extension-faults.ts'
import { PreparedFrame } from './prepared-frame.ts'

/** The extensions of one connection as one, in the order that was negotiated (RFC 6455 §9.1: the first is nearest to the application). */
export class ExtensionChain {
  /** The chain of a connection without extensions, which most are. */
  static readonly none: ExtensionChain = new ExtensionChain([])
  readonly #extensions: readonly NegotiatedExtension[]
  readonly #instances: readonly ExtensionInstance[]
  /** The only extension, if there is just one, as usual. */
  readonly #only: ExtensionInstance | undefined
  readonly reservedBits: number
  readonly opcodes: ReadonlySet<number>
  /** Whether any extension transforms outgoing messages. */
  readonly hasEncoder: boolean
  readonly hasDecoder: boolean
  /**
   * The common key of the transforms: connections with equal keys may share a prepared message. `undefined` if one of them cannot be
   * shared.
   */
  readonly cacheKey: string | undefined

  constructor(extensions: readonly NegotiatedExtension[]) {
    this.#extensions = extensions
    this.#instances = extensions.map(extension => extension.instance)
    this.#only = this.#instances.length === 1 ? this.#instances[0] : undefined
    this.reservedBits = this.#instances.reduce((bits, instance) => bits | instance.reservedBits, 0)
    this.opcodes = new Set(this.#instances.flatMap(instance => instance.opcodes))
    this.hasEncoder = this.#instances.some(instance => instance.encoder !== undefined)
    this.hasDecoder = this.#instances.some(instance => instance.decoder !== undefined)
    this.cacheKey = sharedKey(extensions.filter(extension => extension.instance.encoder !== undefined))
  }

  /** Lets the extensions check a header that carries bits or an opcode that they claim. */
  check(header: FrameHeader): void {
    for (const { name, instance } of this.#extensions) {
      const isMeant = (header.reserved & instance.reservedBits) !== 0 || instance.opcodes.includes(header.opcode)
      if (isMeant && instance.check !== undefined) callAtOnce(name, 'check', () => instance.check!(header))
    }
  }

  /** Whether a frame has an opcode and reserved bits that extensions of this connection claim. */
  claims({ opcode, reserved }: Pick<PreparedFrame, 'opcode' | 'reserved'>): boolean {
    return this.opcodes.has(opcode) && (reserved & ~this.reservedBits) === 0
  }

  /** Throws `ApiMisuse` for an opcode or reserved bits of a frame to send that no extension claims. */
  checkClaimed(opcode: number, reserved: number): void {
    checkIsReserved(reserved)
    if (!this.opcodes.has(opcode)) throw new ApiMisuse(`opcode ${shownValue(opcode)} is not claimed by an extension`)
    this.checkReserved(reserved)
  }

  /** Throws `ApiMisuse` for reserved bits that do not exist, or that no extension claims. */
  checkReserved(reserved: number): void {
    checkIsReserved(reserved)
    if ((reserved & ~this.reservedBits) !== 0) throw new ApiMisuse(`reserved bits ${reserved} are not claimed by an extension`)
  }

  encoder(message: OutgoingMessage): MessageTransform | undefined {
    if (this.#only !== undefined) return this.#encoderOf(this.#extensions[0]!, message)
    const encoders: MessageTransform[] = []
    for (const extension of this.#extensions) {
      // The output of one extension comes in pieces, at any time.
      const given = encoders.length === 0 ? message : { ...message, isWhole: false }
      const encoder = answering(extension.name, 'encoder', this.#encoderOf(extension, given))
      if (encoder !== undefined) encoders.push(encoder)
    }
    return joined(encoders)
  }

  /** Tells the extensions that the connection is open; it sends their frames. `failed` is called for errors that come later. */
  opened(connection: FrameSender, failed: (error: unknown) => void = () => {}): void {
    for (const { name, instance } of this.#extensions) {
      if (instance.opened === undefined) continue
      const link: ExtensionLink = {
        sendFrame(opcode, payload = noOctets, { final = true, reserved = 0 } = {}) {
          checkClaim(name, instance, 'sendFrame', opcode, reserved)
          const octets = givenOctets(payload, `extension ${name}: the payload of sendFrame`)
          return connection.sendFrame(opcode, octets, final, reserved) === 'sent'
        },
        sendPreparedFrame(frame) {
          if (!(frame instanceof PreparedFrame)) throw new ApiMisuse(`extension ${name}: sendPreparedFrame takes a PreparedFrame`)
          checkClaim(name, instance, 'sendPreparedFrame', frame.opcode, frame.reserved)
          return connection.sendPreparedFrame(frame) === 'sent'
        },
      }
      heeded(
        callMember(name, 'opened', () => instance.opened!(link) as unknown),
        failed,
      )
    }
  }

  /** Returns the function that receives frames with this opcode; `undefined` if the application does. */
  frameReceiver(opcode: number): ((header: FrameHeader, payload: Octets) => Awaitable<void>) | undefined {
    const extension = this.#extensions.find(({ instance }) => instance.opcodes.includes(opcode) && instance.onFrame !== undefined)
    if (extension === undefined) return undefined
    const { name, instance } = extension
    return (header, payload) => callMember(name, 'onFrame', () => instance.onFrame!(header, payload))
  }

  /** Makes an error that names the extensions that may have thrown this one; returns the error itself if it says who is to blame. */
  blamed(member: 'encoder' | 'decoder', error: unknown): unknown {
    const names = this.#extensions.filter(({ instance }) => instance[member] !== undefined).map(({ name }) => name)
    return blamed(names.join(' or '), member, error)
  }

  /** Tells all extensions that a message for many connections was sent, whose content their encoders have not seen. */
  sharedWasSent(): void {
    for (const { name, instance } of this.#extensions) callAtOnce(name, 'sharedWasSent', () => instance.sharedWasSent?.())
  }

  decoder(firstHeader: FrameHeader, isKept = false): MessageTransform | undefined {
    if (this.#only !== undefined) return this.#decoderOf(this.#extensions[0]!, firstHeader, isKept)
    const decoders = this.#extensions.map(extension =>
      answering(extension.name, 'decoder', this.#decoderOf(extension, firstHeader, isKept)),
    )
    return joined(decoders.reverse())
  }

  #encoderOf({ name, instance }: NegotiatedExtension, message: OutgoingMessage): MessageTransform | undefined {
    if (instance.encoder === undefined) return undefined
    // This is not done by `callAtOnce`, which would need a new function for each message.
    let encoder: MessageTransform | undefined
    try {
      encoder = instance.encoder(message)
    } catch (error) {
      throw blamed(name, 'encoder', error)
    }
    return checkedTransform(name, 'encoder', instance, encoder)
  }

  #decoderOf({ name, instance }: NegotiatedExtension, header: FrameHeader, isKept: boolean): MessageTransform | undefined {
    if (instance.decoder === undefined) return undefined
    let decoder: MessageTransform | undefined
    try {
      decoder = instance.decoder(header, isKept)
    } catch (error) {
      throw blamed(name, 'decoder', error)
    }
    return checkedTransform(name, 'decoder', instance, decoder)
  }

  /** The names of all extensions, for errors. */
  get names(): string {
    return this.#extensions.map(({ name }) => name).join(' or ')
  }

  /** The bits that belong to whole messages and may be set on a first frame only. */
  get messageBits(): number {
    return this.#instances.reduce((bits, instance) => (instance.decoder === undefined ? bits : bits | instance.reservedBits), 0)
  }

  /** Closes all extensions, even if one throws. `failed` is called for errors that come later. */
  close(failed: (error: unknown) => void = () => {}): void {
    const failures: unknown[] = []
    for (const { name, instance } of this.#extensions) {
      try {
        heeded(
          callMember(name, 'close', () => instance.close() as unknown),
          failed,
        )
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}

/** The part of a connection that sends frames of extensions. */
interface FrameSender {
  sendFrame(opcode: number, payload: Octets, isFinal: boolean, reserved: number): SendOutcome
  sendPreparedFrame(frame: PreparedFrame): SendOutcome
}

function checkIsReserved(reserved: number): void {
  if (!Number.isInteger(reserved) || reserved < 0 || reserved > 7)
    throw new ApiMisuse(`reserved bits must be 0 to 7, and not ${shownValue(reserved)}`)
}

function checkClaim(name: string, { opcodes, reservedBits }: ExtensionInstance, method: string, opcode: number, reserved: number): void {
  if (!opcodes.includes(opcode)) throw new ApiMisuse(`extension ${name}: ${method} with opcode ${opcode}, which it does not claim`)
  if ((reserved & ~reservedBits) !== 0)
    throw new ApiMisuse(`extension ${name}: ${method} with reserved bits ${reserved}, of which it claims ${reservedBits}`)
}

function sharedKey(encoding: readonly NegotiatedExtension[]): string | undefined {
  if (encoding.some(extension => extension.instance.cacheKey === undefined)) return undefined
  return encoding.map(extension => `${extension.name}=${extension.instance.cacheKey}`).join(';')
}

/** Combines transforms into one that applies them in turn. */
function joined(transforms: readonly (MessageTransform | undefined)[]): MessageTransform | undefined {
  const present = transforms.filter(transform => transform !== undefined)
  return present.length === 0 ? undefined : present.reduce(inSequence)
}

function inSequence(first: MessageTransform, second: MessageTransform): MessageTransform {
  return {
    reserved: first.reserved | second.reserved,
    write: (octets, emit) => through(second, emit, next => first.write(octets, next)),
    flush: emit =>
      afterwards(
        through(second, emit, next => first.flush?.(next)),
        () => second.flush?.(emit),
      ),
    end: emit =>
      afterwards(
        through(second, emit, next => first.end(next)),
        () => second.end(emit),
      ),
    abandon() {
      first.abandon?.()
      second.abandon?.()
    },
  }
}

/**
 * Passes the output of the first transform to the second one, in order. The output is copied, since it may have to wait for the second one.
 * While the second one is working, the first one is asked to wait.
 */
function through(second: MessageTransform, emit: Emit, work: (next: Emit) => Awaitable<void>): Awaitable<void> {
  let busy: Promise<void> | undefined
  const next = (emitted: Octets): Awaitable<void> => {
    const piece = emittedOctets(emitted, 'what an extension emits')
    const octets = copyOf(piece, 0, piece.length)
    const result = busy === undefined ? second.write(octets, emit) : busy.then(() => second.write(octets, emit))
    if (!isPromise(result)) return
    busy = result
    // The promise is awaited below, unless the first transform throws before.
    return busy.catch(() => undefined)
  }
  return afterwards(work(next), () => busy)
}
