import { GatheredOctets } from '../../bytes/gathered-octets.ts'
import type { Octets, ReceivedOctets } from '../../bytes/octets.ts'
import type { FrameHeader } from '../frames/frame-header.ts'
import { checkFrameSize } from './incoming-message.ts'

/** Receives frames that belong to no message: control frames, and frames of opcodes that an extension has claimed. */
export interface WholeFrameSink {
  wholeFrameReceived(header: FrameHeader, payload: ReceivedOctets): void
}

/** Gathers a frame that belongs to no message until it is complete. Such frames may come between the frames of a message (RFC 6455 §5.4). */
export class WholeFrames {
  readonly #limit: number
  #header: FrameHeader | undefined
  #payload: GatheredOctets | undefined

  /** `maxFramePayloadSize`: the option; where it is 0 there is a limit nevertheless, because the frame is gathered. */
  constructor(maxFramePayloadSize: number) {
    this.#limit = maxFramePayloadSize || largestWholeFrame
  }

  /** Whether such a frame has begun and is not complete. */
  get isReading(): boolean {
    return this.#header !== undefined
  }

  /** Throws `PeerMisbehaved` where the frame is above the limit. */
  begin(header: FrameHeader): void {
    checkFrameSize(header.length, this.#limit)
    this.#header = header
  }

  append(octets: Octets, start: number, end: number, missing: number): void {
    this.#payload ??= new GatheredOctets()
    this.#payload.append(octets, start, end, missing)
  }

  /** Hands the complete frame on. */
  end(sink: WholeFrameSink): void {
    const header = this.#header!
    this.#header = undefined
    sink.wholeFrameReceived(header, this.#payload?.take() ?? new Uint8Array(0))
  }
}

/** 16 MiB, in octets. */
const largestWholeFrame = 16 * 1024 * 1024
