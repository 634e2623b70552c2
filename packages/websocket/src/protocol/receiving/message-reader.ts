import { type Awaitable, heeded, isPromise } from '../../bytes/awaitable.ts'
import { GatheredOctets } from '../../bytes/gathered-octets.ts'
import { copyOf, type Emit, type Octets, type ReceivedOctets } from '../../bytes/octets.ts'
import type { Text } from '../../bytes/text.ts'
import { Utf8Validator } from '../../bytes/utf8-validator.ts'
import type { MessageTransform } from '../extending/extension.ts'
import type { ExtensionChain } from '../extending/extension-chain.ts'
import { emittedTooLate } from '../extending/extension-faults.ts'
import { CloseCode } from '../faults/close-code.ts'
import { PeerMisbehaved, protocolError } from '../faults/errors.ts'
import type { FrameHeader } from '../frames/frame-header.ts'
import type { FrameSink } from '../frames/frame-parser.ts'
import { emittedOctets } from '../frames/given-octets.ts'
import { isControl, isReserved, Opcode } from '../frames/opcode.ts'
import type { WireTap } from '../frames/wire-tap.ts'
import type { HookRunner } from '../hooks/hook-runner.ts'
import type { ConnectionState } from '../life/connection-state.ts'
import type { Timings } from '../life/timings.ts'
import type { TrafficStats } from '../life/traffic-stats.ts'
import type { CommonOptions } from '../options/options.ts'
import type { Delivery } from './delivery.ts'

/** Where whole frames go that are no data: control frames, and frames of opcodes that an extension claimed. */
export interface WholeFrameSink {
  wholeFrameReceived(header: FrameHeader, payload: ReceivedOctets): void
}

export type ReaderOptions = Pick<
  CommonOptions,
  'maxFramePayloadSize' | 'maxMessagePayloadSize' | 'maxMessageFrames' | 'utf8validateIncoming'
>

/** Who is told of decoders that take several turns of the event loop. */
export interface DecodingEvents {
  /** Reading may go on. */
  decoded(): void
  decodingFailed(error: unknown): void
}

/** Makes messages of frames: fragments (RFC 6455 §5.4), limits, extensions, UTF-8 (§8.1). What needs earlier frames is checked here. */
export class MessageReader implements FrameSink {
  readonly #options: ReaderOptions
  readonly #state: Pick<ConnectionState, 'mayRead'>
  readonly #runner: HookRunner
  readonly #delivery: Delivery
  readonly #chain: ExtensionChain
  readonly #messageBits: number
  readonly #wholeFrames: WholeFrameSink
  readonly #stats: TrafficStats
  readonly #source: object
  readonly #timings: Timings | undefined
  readonly #wireTap: WireTap | undefined
  readonly #utf8: Utf8Validator
  /** Header and octets of the control or reserved frame being read. */
  #wholeHeader: FrameHeader | undefined
  #wholePayload: GatheredOctets | undefined
  #isInMessage = false
  #isLastFrame = false
  #validates = false
  /** Whether it may be decoded from the frame, if that has all of it. */
  #isPlainText = false
  #decoder: MessageTransform | undefined
  /** The `emit` of the decoder's call that is not done; octets that come by another one come too late. */
  #emit: Emit | undefined
  /** Whether a decoder takes several turns: reading stands still meanwhile. */
  #isAwaiting = false
  readonly #decoding: DecodingEvents
  /** Octets that wait for the decoder because as much was read ahead as is allowed. */
  #undecoded: Octets | undefined
  #frames = 0
  #wireLength = 0
  #length = 0

  constructor(parts: {
    readonly options: ReaderOptions
    readonly state: Pick<ConnectionState, 'mayRead'>
    readonly text: Text
    readonly runner: HookRunner
    readonly delivery: Delivery
    readonly chain: ExtensionChain
    readonly wholeFrames: WholeFrameSink
    readonly decoding: DecodingEvents
    readonly stats: TrafficStats
    readonly source: object
    readonly timings: Timings | undefined
    readonly wireTap: WireTap | undefined
  }) {
    this.#options = parts.options
    this.#state = parts.state
    this.#runner = parts.runner
    this.#delivery = parts.delivery
    this.#chain = parts.chain
    this.#messageBits = parts.chain.messageBits
    this.#wholeFrames = parts.wholeFrames
    this.#decoding = parts.decoding
    this.#stats = parts.stats
    this.#source = parts.source
    this.#timings = parts.timings
    this.#wireTap = parts.wireTap
    this.#utf8 = new Utf8Validator(parts.text)
  }

  get isHeld(): boolean {
    return !this.#state.mayRead || this.#isAwaiting || this.#undecoded !== undefined || this.#runner.holdsReading
  }

  frameBegan(opcode: number, isFinal: boolean, reserved: number, exactLength: number | bigint): void {
    const length = typeof exactLength === 'bigint' ? this.#nearest(exactLength) : exactLength
    if (this.#wireTap !== undefined) this.#tap(opcode, isFinal, reserved, length)
    if (reserved !== 0 || isReserved(opcode)) this.#chain.check({ opcode, isFinal, reserved, length })
    if (isControl(opcode) || isReserved(opcode)) this.#beginWhole(opcode, isFinal, reserved, length)
    else this.#beginData(opcode, isFinal, reserved, length, exactLength)
  }

  frameData(octets: Octets, start: number, end: number, missing: number): void {
    if (this.#wholeHeader !== undefined) return this.#whole().append(octets, start, end, missing)
    this.#stats.incomingOctetsWebSocketLevel += end - start
    if (this.#decoder === undefined) this.#deliver(octets, start, end, missing)
    else if (this.#runner.isHeld) this.#decodeInPieces(this.#decoder, copyOf(octets, start, end))
    else this.#decodeData(this.#decoder, copyOf(octets, start, end))
  }

  frameEnded(): void {
    if (this.#wholeHeader !== undefined) return this.#endWhole(this.#wholeHeader)
    if (this.#decoder !== undefined) this.#decodeEnd(this.#decoder)
    if (!this.#isAwaiting) this.#endFrame()
  }

  chunkEnded(): void {
    this.#delivery.chunkEnded()
  }

  /** Goes on with octets that waited for the decoder, as far as there is room to read ahead. Throws as a decoder does. */
  proceed(): void {
    if (this.#undecoded !== undefined && this.#emit === undefined) this.#decodeInPieces(this.#decoder!, this.#undecoded)
  }

  /** Flushes the decoder where a frame ends, if the application has hooks for frames: they must see all that the frame decodes to. */
  #decodeEnd(decoder: MessageTransform): void {
    if (this.#isLastFrame) this.#decode(emit => decoder.end(emit), true)
    else if (this.#delivery.keeps !== 'message') this.#decode(emit => decoder.flush?.(emit), true)
  }

  #tap(opcode: number, isFinal: boolean, reserved: number, length: number): void {
    try {
      heeded(this.#wireTap?.frameReceived?.({ opcode, isFinal, reserved, length }, this.#source))
    } catch {
      // a tap may look and not touch: what it throws is its own
    }
  }

  /** Gathered whole, so there is a limit also where streams have none. */
  #beginWhole(opcode: number, isFinal: boolean, reserved: number, length: number): void {
    this.#checkFrameSize(length, this.#options.maxFramePayloadSize || largestWholeFrame)
    this.#wholeHeader = { opcode, isFinal, reserved, length }
  }

  #whole(): GatheredOctets {
    this.#wholePayload ??= new GatheredOctets()
    return this.#wholePayload
  }

  #endWhole(header: FrameHeader): void {
    this.#wholeHeader = undefined
    this.#wholeFrames.wholeFrameReceived(header, this.#whole().take())
  }

  #beginData(opcode: number, isFinal: boolean, reserved: number, length: number, exactLength: number | bigint): void {
    if (opcode === Opcode.Continuation) {
      if (!this.#isInMessage) throw protocolError('continuation frame without a message to continue')
      if ((reserved & this.#messageBits) !== 0) throw protocolError(`reserved bits ${reserved} on a continuation frame`)
    } else {
      if (this.#isInMessage) throw protocolError('new message inside a fragmented message')
      this.#frames = 0
      this.#wireLength = 0
    }
    this.#countFrame(length)
    if (!this.#isInMessage) this.#beginMessage({ opcode, isFinal, reserved, length })
    this.#isLastFrame = isFinal
    this.#delivery.frameBegan(exactLength, reserved, isFinal)
  }

  #beginMessage(header: FrameHeader): void {
    this.#isInMessage = true
    this.#length = 0
    this.#validates = header.opcode === Opcode.Text && this.#options.utf8validateIncoming
    if (this.#validates) this.#utf8.reset()
    this.#timings?.track('onMessageBegin')
    this.#delivery.messageBegan(header.opcode === Opcode.Binary)
    if (this.#chain.hasDecoder) this.#decoder = this.#chain.decoder(header, this.#delivery.keeps !== 'nothing')
    this.#isPlainText = header.opcode === Opcode.Text && this.#decoder === undefined && this.#delivery.textCame !== undefined
  }

  #countFrame(length: number): void {
    this.#checkFrameSize(length, this.#options.maxFramePayloadSize)
    this.#frames++
    this.#wireLength += length
    this.#stats.incomingWebSocketFrames++
    const { maxMessageFrames } = this.#options
    if (maxMessageFrames > 0 && this.#frames > maxMessageFrames) throw tooBig(`message of more than ${maxMessageFrames} frames`)
    this.#checkMessageSize(this.#wireLength)
  }

  /** A length above 2^53-1 as a number, which is enough for everything but the hook. Any limit of size is below it. */
  #nearest(length: bigint): number {
    const { maxFramePayloadSize, maxMessagePayloadSize } = this.#options
    if (maxFramePayloadSize > 0) throw tooBig(`frame of ${length} octets is above the limit of ${maxFramePayloadSize}`)
    if (maxMessagePayloadSize > 0) throw tooBig(`message of ${length} octets is above the limit of ${maxMessagePayloadSize}`)
    return Number(length)
  }

  #checkFrameSize(length: number, limit: number): void {
    if (limit > 0 && length > limit) throw tooBig(`frame of ${length} octets is above the limit of ${limit}`)
  }

  #checkMessageSize(length: number): void {
    const { maxMessagePayloadSize } = this.#options
    if (maxMessagePayloadSize > 0 && length > maxMessagePayloadSize)
      throw tooBig(`message of ${length} octets is above the limit of ${maxMessagePayloadSize}`)
  }

  #endFrame(): void {
    this.#delivery.frameEnded()
    if (this.#isLastFrame) this.#endMessage()
  }

  #decodeData(decoder: MessageTransform, octets: Octets): void {
    this.#decode(emit => decoder.write(octets, emit), false)
  }

  /** `endsFrame`: the work belongs to the end of a frame. */
  #decode(work: (emit: Emit) => Awaitable<void>, endsFrame: boolean): void {
    const emit: Emit = octets => {
      if (this.#emit !== emit) throw emittedTooLate(this.#chain.names, 'decoder')
      return this.#decoded(octets)
    }
    this.#emit = emit
    try {
      const result = work(emit)
      this.#isAwaiting = isPromise(result)
      if (isPromise(result)) this.#await(result, endsFrame)
    } catch (error) {
      throw this.#chain.blamed('decoder', error)
    } finally {
      if (!this.#isAwaiting) this.#emit = undefined
    }
  }

  /** While hooks wait, what is read ahead is bounded: so little goes to the decoder at a time that its output cannot be far above the bound. */
  #decodeInPieces(decoder: MessageTransform, octets: Octets): void {
    let at = 0
    while (at < octets.length && !this.#isAwaiting && !this.#runner.holdsReading) {
      const end = this.#runner.isHeld ? Math.min(at + decodedAhead, octets.length) : octets.length
      this.#decodeData(decoder, octets.subarray(at, end))
      at = end
    }
    this.#undecoded = at < octets.length ? octets.subarray(at) : undefined
  }

  #await(result: PromiseLike<void>, endsFrame: boolean): void {
    Promise.resolve(result)
      .then(() => {
        this.#emit = undefined
        // until the hooks have heard of the end, what their answers bring in has to wait
        if (endsFrame) this.#endFrame()
        this.#isAwaiting = false
        this.proceed()
        if (!this.#isAwaiting) this.#decoding.decoded()
      })
      .catch(error => {
        this.#emit = undefined
        this.#isAwaiting = false
        this.#decoding.decodingFailed(this.#chain.blamed('decoder', error))
      })
  }

  /** Receives decoder output. Asks the decoder to wait while the application holds the reading: what comes out would wait in memory. */
  #decoded(emitted: Octets): Promise<void> | undefined {
    const octets = emittedOctets(emitted, 'what a decoder emits')
    this.#checkMessageSize(this.#length + octets.length)
    this.#deliver(octets, 0, octets.length, 0)
    return this.#runner.holdsReading ? this.#runner.whenFree : undefined
  }

  #deliver(octets: Octets, start: number, end: number, missing: number): void {
    if (this.#runner.isHeld) this.#runner.readAhead(end - start)
    if (this.#isPlainText && missing === 0 && this.#isLastFrame && this.#length === 0) {
      if (!this.#delivery.textCame!(octets, start, end, this.#validates)) throw notUtf8(0, end - start)
    } else {
      if (this.#validates && !this.#utf8.push(octets, start, end)) throw notUtf8(this.#length, end - start)
      this.#delivery.frameData(octets, start, end, missing)
    }
    this.#length += end - start
    this.#stats.incomingOctetsAppLevel += end - start
  }

  #endMessage(): void {
    if (this.#validates && !this.#utf8.isComplete)
      throw new PeerMisbehaved(CloseCode.InvalidPayload, 'text message ends inside a UTF-8 sequence')
    this.#isInMessage = false
    this.#decoder = undefined
    this.#stats.incomingWebSocketMessages++
    this.#timings?.track('onMessage')
    this.#delivery.messageEnded()
  }
}

function notUtf8(from: number, length: number): PeerMisbehaved {
  return new PeerMisbehaved(CloseCode.InvalidPayload, `text message is not UTF-8, in its octets ${from} to ${from + length - 1}`)
}

function tooBig(message: string): PeerMisbehaved {
  return new PeerMisbehaved(CloseCode.MessageTooBig, message)
}

/** Octets that a decoder is given at a time while hooks wait: DEFLATE makes at most 1 MiB of them. */
const decodedAhead = 1024

/** Octets of a frame with an opcode that an extension claimed, where `maxFramePayloadSize` is 0. */
const largestWholeFrame = 16 * 1024 * 1024
