import { copyOf, type Octets } from '../../bytes/octets.ts'
import type { Text } from '../../bytes/text.ts'
import type { ExtensionChain } from '../extending/extension-chain.ts'
import { protocolError } from '../faults/errors.ts'
import type { FrameParser, FrameSink } from '../frames/frame-parser.ts'
import { emittedOctets } from '../frames/given-octets.ts'
import { isControl, isReserved, Opcode } from '../frames/opcode.ts'
import { callOnlooker, type WireTap } from '../frames/wire-tap.ts'
import type { HookRunner } from '../hooks/hook-runner.ts'
import type { ConnectionState } from '../life/connection-state.ts'
import type { Timings } from '../life/timings.ts'
import type { TrafficStats } from '../life/traffic-stats.ts'
import type { Delivery } from './delivery.ts'
import { checkFrameSize, IncomingMessage, type MessageLimits, roundedLength } from './incoming-message.ts'
import { type DecodedSink, MessageDecoding } from './message-decoding.ts'
import { type WholeFrameSink, WholeFrames } from './whole-frames.ts'

/** Learns of decoders that take several turns of the event loop. */
export interface DecodingEvents {
  /** Reading may go on. */
  decodingDone(): void
  decodingFailed(error: unknown): void
}

/** A parser, the reader that it hands frames to, and the delivery that gets the messages. */
export interface ReadingHalf {
  readonly parser: FrameParser
  readonly reader: MessageReader
  /** The delivery of the connection that reads, if another connection can use it too. */
  delivery: Delivery | undefined
}

/** The connection whose frames are read. */
export interface ReadingConnection extends WholeFrameSink, DecodingEvents {
  /** Nothing is read after the peer's close frame (RFC 6455 §5.5.1), nor after a failure. */
  readonly connectionState: Pick<ConnectionState, 'mayRead'>
  readonly runner: HookRunner
  readonly delivery: Delivery
  readonly chain: ExtensionChain
  readonly stats: TrafficStats
  readonly timings: Timings | undefined
  readonly wireTap: WireTap | undefined
  /** The protocol object, which taps are given as the source of a frame. */
  readonly source: object
}

/**
 * Makes messages of frames, and checks what needs earlier frames: fragments (RFC 6455 §5.4), limits, extensions, UTF-8 (§8.1).
 *
 * A frame of a message goes through `IncomingMessage`, which checks it, and `MessageDecoding` where an extension decodes it, to the
 * `Delivery`. All other frames are gathered in `WholeFrames`.
 *
 * A reader knows nothing of its connection from one message to the next, so that another connection can use it meanwhile: see `Loans`.
 */
export class MessageReader implements FrameSink, DecodedSink {
  readonly #limits: MessageLimits
  readonly #message: IncomingMessage
  readonly #wholeFrames: WholeFrames
  // of the connection that frames are read for
  #connection: ReadingConnection | undefined
  #state: Pick<ConnectionState, 'mayRead'> | undefined
  #runner: HookRunner | undefined
  #delivery: Delivery | undefined
  #chain: ExtensionChain | undefined
  #stats: TrafficStats | undefined
  #timings: Timings | undefined
  #wireTap: WireTap | undefined
  /** `undefined` where no extension decodes messages. */
  #decoding: MessageDecoding | undefined
  /** Whether the message being read is a text that may be decoded from a frame, if that has all of it. */
  #isPlainText = false

  constructor(limits: MessageLimits, text: Text) {
    this.#limits = limits
    this.#message = new IncomingMessage(limits, text)
    this.#wholeFrames = new WholeFrames(limits.maxFramePayloadSize)
  }

  /** Reads for this connection from now on. Called at rest. */
  readFor(connection: ReadingConnection): void {
    const { connectionState, runner, delivery, chain, stats, timings, wireTap } = connection
    this.#connection = connection
    this.#state = connectionState
    this.#runner = runner
    this.#delivery = delivery
    this.#chain = chain
    this.#stats = stats
    this.#timings = timings
    this.#wireTap = wireTap
    this.#decoding = chain.hasDecoder ? new MessageDecoding(chain, runner, this) : undefined
  }

  /** Forgets the connection that it has read for, which is gone: an old reader would keep it in memory after that (decision 170). */
  leave(): void {
    this.#connection = undefined
    this.#state = undefined
    this.#runner = undefined
    this.#delivery = undefined
    this.#chain = undefined
    this.#stats = undefined
    this.#timings = undefined
    this.#wireTap = undefined
    this.#decoding = undefined
  }

  get isHeld(): boolean {
    return !this.#state!.mayRead || this.#runner!.holdsReading || this.#decoding?.isHeld === true
  }

  /** Whether it is between two messages, and outside of any other frame. */
  get isAtRest(): boolean {
    return !this.#message.isUnfinished && !this.#wholeFrames.isReading && this.#decoding?.isHeld !== true
  }

  // ---- from the parser

  frameBegan(opcode: number, isFinal: boolean, reserved: number, exactLength: number | bigint): void {
    const length = typeof exactLength === 'bigint' ? roundedLength(exactLength, this.#limits) : exactLength
    if (this.#wireTap !== undefined) this.#tap(opcode, isFinal, reserved, length)
    if (reserved !== 0 || isReserved(opcode)) this.#chain!.check({ opcode, isFinal, reserved, length })
    if (isControl(opcode) || isReserved(opcode)) this.#wholeFrames.begin({ opcode, isFinal, reserved, length })
    else this.#beginData(opcode, isFinal, reserved, length, exactLength)
  }

  frameData(octets: Octets, start: number, end: number, missing: number): void {
    if (this.#wholeFrames.isReading) return this.#wholeFrames.append(octets, start, end, missing)
    this.#stats!.incomingOctetsWebSocketLevel += end - start
    if (this.#decoding?.isOn === true) this.#decoding.write(copyOf(octets, start, end))
    else this.#deliver(octets, start, end, missing)
  }

  frameEnded(): void {
    if (this.#wholeFrames.isReading) this.#wholeFrames.end(this.#connection!)
    else if (this.#decoding?.isOn === true) this.#decoding.endFrame(this.#message.isLastFrame, this.#delivery!.keeps !== 'message')
    else this.#endFrame()
  }

  chunkEnded(): void {
    this.#delivery!.chunkEnded()
  }

  // ---- from the hooks

  /** Goes on with octets that waited for the decoder, as far as there is room to read ahead. Throws as a decoder does. */
  proceed(): void {
    this.#decoding?.proceed()
  }

  // ---- from the decoder

  /** Delivers octets that the decoder has made. Asks it to wait while the application holds the reading, since its output would wait in memory. */
  decoded(emitted: Octets): Promise<void> | undefined {
    const octets = emittedOctets(emitted, 'what a decoder emits')
    this.#message.checkDecoded(octets.length)
    this.#deliver(octets, 0, octets.length, 0)
    return this.#runner!.holdsReading ? this.#runner!.whenFree : undefined
  }

  frameDecoded(): void {
    this.#endFrame()
  }

  decodingPaused(): void {
    this.#connection!.decodingDone()
  }

  decodingFailed(error: unknown): void {
    this.#connection!.decodingFailed(error)
  }

  // ---- within

  #tap(opcode: number, isFinal: boolean, reserved: number, length: number): void {
    callOnlooker(() => this.#wireTap?.frameReceived?.({ opcode, isFinal, reserved, length }, this.#connection!.source))
  }

  #beginData(opcode: number, isFinal: boolean, reserved: number, length: number, exactLength: number | bigint): void {
    const isFirst = !this.#message.isUnfinished
    if (opcode === Opcode.Continuation) {
      if (isFirst) throw protocolError('continuation frame without a message to continue')
      if (reserved !== 0 && (reserved & this.#chain!.messageBits) !== 0)
        throw protocolError(`reserved bits ${reserved} on a continuation frame`)
    } else if (!isFirst) {
      throw protocolError('new message inside a fragmented message', opcode)
    }
    checkFrameSize(length, this.#limits.maxFramePayloadSize)
    this.#stats!.incomingWebSocketFrames++
    this.#message.frameBegan(length, isFinal)
    if (isFirst) this.#beginMessage(opcode, isFinal, reserved, length)
    this.#delivery!.frameBegan(exactLength, reserved, isFinal)
  }

  #beginMessage(opcode: number, isFinal: boolean, reserved: number, length: number): void {
    const isText = opcode === Opcode.Text
    this.#message.begin(isText)
    this.#timings?.track('onMessageBegin')
    this.#delivery!.messageBegan(!isText)
    if (this.#decoding !== undefined)
      this.#decoding.begin(this.#chain!.decoder({ opcode, isFinal, reserved, length }, this.#delivery!.keeps !== 'nothing'))
    this.#isPlainText = isText && this.#delivery!.textCame !== undefined && this.#decoding?.isOn !== true
  }

  #deliver(octets: Octets, start: number, end: number, missing: number): void {
    const message = this.#message
    if (this.#runner!.isHeld) this.#runner!.readAhead(end - start)
    if (this.#isPlainText && missing === 0 && message.isLastFrame && message.length === 0) {
      if (!this.#delivery!.textCame!(octets, start, end, message.validates)) throw message.notUtf8(end - start)
    } else {
      message.checkText(octets, start, end)
      this.#delivery!.frameData(octets, start, end, missing)
    }
    message.delivered(end - start)
    this.#stats!.incomingOctetsAppLevel += end - start
  }

  #endFrame(): void {
    this.#delivery!.frameEnded()
    if (this.#message.isLastFrame) this.#endMessage()
  }

  #endMessage(): void {
    this.#message.end()
    this.#decoding?.end()
    this.#stats!.incomingWebSocketMessages++
    this.#timings?.track('onMessage')
    this.#delivery!.messageEnded()
  }
}
