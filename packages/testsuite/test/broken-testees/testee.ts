import { isUtf8 } from 'node:buffer'
import type { Socket } from 'node:net'
import { closePayload } from '../../src/wire/close-payload.ts'
import { encodeFrame, type WireFrame } from '../../src/wire/frame.ts'
import type { Compression } from './compression.ts'

/** The header of a frame. */
export interface Header {
  readonly fin: boolean
  readonly rsv: number
  readonly opcode: number
  readonly form: 7 | 16 | 64
  readonly length: bigint
  readonly mask: Uint8Array | undefined
  /** The size of the header in octets. */
  readonly size: number
}

export type Side = 'client' | 'server'

/**
 * An echo without faults that the suite can find, on a socket after the opening handshake. Each method is a habit that a broken testee
 * replaces.
 */
export class Testee {
  readonly side: Side
  readonly socket: Socket
  readonly compression: Compression | undefined
  isClosing = false
  /** The header of the first frame of the message that is not complete yet. */
  first: Header | undefined
  fragments: Buffer[] = []
  #octets: Buffer = Buffer.alloc(0)
  #header: Header | undefined
  #taken: Buffer[] = []
  #left = 0n
  #decoder = new TextDecoder('utf-8', { fatal: true })

  constructor(socket: Socket, side: Side, compression?: Compression) {
    this.socket = socket
    this.side = side
    this.compression = compression
  }

  /** Takes octets in chunks of any size. */
  read(chunk: Buffer): void {
    this.#octets = Buffer.concat([this.#octets, chunk])
    while (!this.isClosing) {
      this.#header ??= this.#readHeader()
      if (this.#header === undefined || this.isClosing) return
      const part = this.#octets.subarray(0, Number(this.#left < BigInt(this.#octets.length) ? this.#left : this.#octets.length))
      const from = this.#taken.reduce((sum, { length }) => sum + length, 0) % 4
      const plain = Buffer.from(part.map((octet, n) => octet ^ (this.#header?.mask?.[(from + n) % 4] ?? 0)))
      this.#octets = this.#octets.subarray(part.length)
      this.#left -= BigInt(part.length)
      if (part.length > 0) this.#taken.push(plain)
      if (!this.isClosing) this.payload(this.#header, plain, this.#left === 0n)
      if (this.#left > 0n) return
      const [header, payload] = [this.#header, Buffer.concat(this.#taken)]
      this.#header = undefined
      this.#taken = []
      if (!this.isClosing) this.frame(header, payload)
    }
  }

  #readHeader(): Header | undefined {
    const octets = this.#octets
    if (octets.length < 2) return undefined
    const seven = octets[1]! & 127
    const form = seven < 126 ? 7 : seven === 126 ? 16 : 64
    const isMasked = octets[1]! >= 128
    const size = 2 + (form === 7 ? 0 : form / 8) + (isMasked ? 4 : 0)
    if (octets.length < size) return undefined
    const length = this.length(form, seven, octets)
    const mask = isMasked ? Uint8Array.from(octets.subarray(size - 4, size)) : undefined
    const header = { fin: octets[0]! >= 128, rsv: (octets[0]! >> 4) & 7, opcode: octets[0]! & 15, form, length, mask, size } as const
    this.#octets = octets.subarray(size)
    const wrong = this.wrongWith(header)
    if (wrong !== undefined) {
      this.fail(wrong)
      return undefined
    }
    this.#left = length
    return header
  }

  length(form: 7 | 16 | 64, seven: number, octets: Buffer): bigint {
    return form === 7 ? BigInt(seven) : form === 16 ? BigInt(octets.readUInt16BE(2)) : octets.readBigUInt64BE(2)
  }

  /** Returns the close code for a frame whose header is wrong. */
  wrongWith(header: Header): number | undefined {
    const { length, form, fin, opcode } = header
    if (this.isWronglyMasked(header) || this.hasWrongBits(header) || this.isReserved(opcode)) return 1002
    if (length < (form === 7 ? 0n : form === 16 ? 126n : 65_536n) || length >= 1n << 63n) return 1002
    if (opcode >= 8 && this.isWrongControl(header)) return 1002
    if (opcode < 8 && this.isOutOfTurn(header)) return 1002
    if (fin && opcode === 8 && length === 1n) return 1002
    return length > 32n * 1024n * 1024n ? 1009 : undefined
  }

  isWronglyMasked({ mask }: Header): boolean {
    return (this.side === 'server') !== (mask !== undefined)
  }

  hasWrongBits({ rsv, opcode }: Header): boolean {
    return rsv !== 0 && !(rsv === 4 && this.compression !== undefined && (opcode === 1 || opcode === 2))
  }

  isReserved(opcode: number): boolean {
    return ![0, 1, 2, 8, 9, 10].includes(opcode)
  }

  isWrongControl({ fin, length }: Header): boolean {
    return !fin || length > 125n
  }

  isOutOfTurn({ opcode }: Header): boolean {
    return (opcode === 0) !== (this.first !== undefined)
  }

  /** Checks a payload while it comes. */
  payload(header: Header, part: Buffer, isLast: boolean): void {
    const first = header.opcode === 0 ? this.first : header
    if (header.opcode >= 8 || first?.opcode !== 1 || first.rsv === 4) return
    if (header.opcode === 1 && part.length > 0 && this.fragments.length === 0 && this.#taken.length <= 1)
      this.#decoder = new TextDecoder('utf-8', { fatal: true })
    if (!this.isText(part, header.fin && isLast)) this.fail(1007)
  }

  isText(part: Uint8Array, isLast: boolean): boolean {
    try {
      this.#decoder.decode(part, { stream: !isLast })
      return true
    } catch {
      return false
    }
  }

  /** Handles a complete frame. */
  frame(header: Header, payload: Buffer): void {
    if (header.opcode === 8) this.closed(payload)
    else if (header.opcode === 9) this.ping(payload)
    else if (header.opcode === 10) this.pong(payload)
    else this.fragment(header, payload)
  }

  fragment(header: Header, payload: Buffer): void {
    this.first ??= header
    this.fragments.push(payload)
    if (header.fin) this.complete()
  }

  complete(): void {
    const { opcode = 1, rsv = 0 } = this.first ?? {}
    const whole = Buffer.concat(this.fragments)
    this.first = undefined
    this.fragments = []
    const inflated = rsv === 4 ? this.compression?.inflate(whole) : whole
    if (typeof inflated === 'number') this.fail(inflated)
    else if (opcode === 1 && rsv === 4 && !isUtf8(inflated ?? whole)) this.fail(1007)
    else this.message(opcode, inflated ?? whole)
  }

  /** Echoes a message. */
  message(opcode: number, payload: Uint8Array): void {
    if (this.compression === undefined) this.send({ opcode, payload })
    else this.send({ opcode, payload: this.compression.deflate(payload), rsv: 4 })
  }

  ping(payload: Uint8Array): void {
    this.send({ opcode: 10, payload })
  }

  pong(_payload: Uint8Array): void {}

  /** Answers a close frame. */
  closed(payload: Buffer): void {
    const wrong = this.wrongClose(payload)
    if (wrong !== undefined) return this.fail(wrong)
    this.send({ opcode: 8, payload: payload.subarray(0, 2) })
    this.end()
  }

  /** Returns the close code for a wrong payload of a close frame. */
  wrongClose(payload: Buffer): number | undefined {
    if (payload.length < 2) return undefined
    const code = payload.readUInt16BE(0)
    if (!this.mayBeSent(code)) return 1002
    return this.isReason(payload.subarray(2)) ? undefined : 1007
  }

  mayBeSent(code: number): boolean {
    return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999)
  }

  isReason(octets: Buffer): boolean {
    return isUtf8(octets)
  }

  /** Fails the connection. */
  fail(code: number): void {
    if (this.isClosing) return
    this.send({ opcode: 8, payload: closePayload(code) })
    this.end()
  }

  /** Ends TCP, which the server has to do first (RFC 6455 §7.1.1). */
  end(): void {
    this.isClosing = true
    if (this.side === 'server') this.socket.end()
  }

  send(frame: WireFrame): void {
    if (this.socket.writable) this.socket.write(this.encode(frame))
  }

  encode(frame: WireFrame): Uint8Array {
    return encodeFrame(this.side === 'client' ? { ...frame, mask: Uint8Array.of(7, 1, 4, 200) } : frame)
  }
}
