import { closePayload } from '../../src/wire/close-payload.ts'
import { encodeFrame, type WireFrame } from '../../src/wire/frame.ts'
import { utf8 } from '../../src/wire/octets.ts'
import { Compression, type Direction } from './compression.ts'
import { ClientOpening, type Head, ServerOpening } from './opening.ts'
import type { Make } from './run-testees.ts'
import { type Header, type Side, Testee } from './testee.ts'

/** A testee with one fault. */
export interface BrokenTestee {
  /** The fault, as a sentence continues after *one that*. */
  readonly fault: string
  /** The cases, each of which has to find the fault. */
  readonly foundBy: readonly string[]
  readonly make: Make
  /** The side that can have the fault. Default: both. */
  readonly side?: Side
  /** The verdict on the behavior or on the close. Default: FAILED. */
  readonly verdict?: 'NON-STRICT'
}

/** Faults in frames, messages and the closing handshake. */
const frameFaults: readonly BrokenTestee[] = [
  {
    fault: 'does not check UTF-8',
    foundBy: ['6.3.1', '6.3.2', '6.4.1', '6.4.3', '6.16.1', '6.21.1'],
    make: {
      testee: class extends Testee {
        override isText(): boolean {
          return true
        }
      },
    },
  },
  {
    fault: 'checks UTF-8 when the message is complete, and not before',
    foundBy: ['6.4.1', '6.4.2', '6.4.3', '6.4.4'],
    verdict: 'NON-STRICT',
    make: {
      testee: class extends Testee {
        override isText(): boolean {
          return true
        }
        override message(opcode: number, payload: Uint8Array): void {
          if (opcode === 1 && !isUtf8Text(payload)) this.fail(1007)
          else super.message(opcode, payload)
        }
      },
    },
  },
  {
    fault: 'checks UTF-8 of each fragment by itself',
    foundBy: ['6.2.3', '6.2.4'],
    make: {
      testee: class extends Testee {
        override payload(): void {}
        override fragment(header: Header, payload: Buffer): void {
          if (header.rsv === 0 && (this.first ?? header).opcode === 1 && !isUtf8Text(payload)) this.fail(1007)
          else super.fragment(header, payload)
        }
      },
    },
  },
  {
    fault: 'takes reserved bits for nothing',
    foundBy: ['3.1', '3.2', '3.5', '3.6', '3.7'],
    make: {
      testee: class extends Testee {
        override hasWrongBits(): boolean {
          return false
        }
      },
    },
  },
  {
    fault: 'takes frames that are masked in the wrong direction',
    foundBy: ['21.4.1', '21.4.3', '21.4.6', '21.4.7'],
    make: {
      testee: class extends Testee {
        override isWronglyMasked(): boolean {
          return false
        }
      },
    },
  },
  {
    fault: 'masks as the other side has to',
    foundBy: ['1.1.1', '1.1.2', '2.2'],
    make: {
      testee: class extends Testee {
        override encode(frame: WireFrame): Uint8Array {
          return encodeFrame(this.side === 'server' ? { ...frame, mask: Uint8Array.of(1, 2, 3, 4) } : frame)
        }
      },
    },
  },
  {
    fault: 'says that it masks, and does not',
    foundBy: ['1.1.2', '1.2.2', '2.2'],
    side: 'client',
    make: {
      testee: class extends Testee {
        override encode(frame: WireFrame): Uint8Array {
          const octets = encodeFrame({ ...frame, mask: Uint8Array.of(0, 0, 0, 0) })
          octets.set([7, 1, 4, 200], octets.length - frame.payload.length - 4)
          return octets
        }
      },
    },
  },
  {
    fault: 'closes with 1000 where a rule was broken',
    foundBy: ['3.1', '4.1.1', '5.1', '2.5'],
    make: {
      testee: class extends Testee {
        override fail(): void {
          super.fail(1000)
        }
      },
    },
  },
  {
    fault: 'closes with 1002 if text is not valid UTF-8',
    foundBy: ['6.3.1', '6.21.1'],
    make: {
      testee: class extends Testee {
        override fail(code: number): void {
          super.fail(code === 1007 ? 1002 : code)
        }
      },
    },
  },
  {
    fault: 'answers each close frame with 1001',
    foundBy: ['7.3.1', '7.3.3', '7.7.1', '7.7.4'],
    make: {
      testee: class extends Testee {
        override closed(): void {
          this.send({ opcode: 8, payload: closePayload(1001) })
          this.end()
        }
      },
    },
  },
  {
    fault: 'sends a message behind its close frame',
    foundBy: ['1.1.1', '7.1.1', '7.3.3'],
    make: {
      testee: class extends Testee {
        override end(): void {
          this.send({ opcode: 1, payload: utf8('one more thing') })
          super.end()
        }
      },
    },
  },
  {
    fault: 'goes on with what follows a close frame',
    foundBy: ['7.1.3', '7.1.4', '22.5.2'],
    make: {
      testee: class extends Testee {
        override end(): void {
          if (this.side === 'server') setTimeout(() => this.socket.end(), 100)
        }
      },
    },
  },
  {
    fault: 'ends TCP in place of a close frame',
    foundBy: ['1.1.1', '7.1.1', '7.3.3', '7.7.1'],
    make: {
      testee: class extends Testee {
        override closed(): void {
          this.socket.end()
        }
      },
    },
  },
  {
    fault: 'drops TCP behind its first echo',
    foundBy: ['1.1.2', '5.3', '7.1.1'],
    make: {
      testee: class extends Testee {
        override message(opcode: number, payload: Uint8Array): void {
          super.message(opcode, payload)
          this.socket.end()
        }
      },
    },
  },
  {
    fault: 'never ends TCP',
    foundBy: ['1.1.1', '7.3.3'],
    side: 'server',
    make: {
      testee: class extends Testee {
        override end(): void {
          this.isClosing = true
        }
      },
    },
  },
  {
    fault: 'never answers a close frame',
    foundBy: ['1.1.1', '7.3.1', '7.7.1'],
    make: {
      testee: class extends Testee {
        override closed(): void {}
      },
    },
  },
  {
    fault: 'answers pings in the wrong order',
    foundBy: ['2.10', '2.11'],
    make: {
      testee: class extends Testee {
        #pings: Uint8Array[] = []
        override ping(payload: Uint8Array): void {
          if (this.#pings.push(payload) > 1) return
          setTimeout(() => {
            for (const each of this.#pings.splice(0).reverse()) super.ping(each)
          }, 50)
        }
      },
    },
  },
  {
    fault: 'does not answer pings',
    foundBy: ['2.1', '2.2', '2.9', '5.6', '22.1.1'],
    make: {
      testee: class extends Testee {
        override ping(): void {}
      },
    },
  },
  {
    fault: 'answers pings with empty pongs',
    foundBy: ['2.2', '2.4', '2.10', '5.6'],
    make: {
      testee: class extends Testee {
        override ping(): void {
          super.ping(new Uint8Array(0))
        }
      },
    },
  },
  {
    fault: 'answers pings with pings',
    foundBy: ['2.2', '2.4'],
    make: {
      testee: class extends Testee {
        override ping(payload: Uint8Array): void {
          this.send({ opcode: 9, payload })
        }
      },
    },
  },
  {
    fault: 'answers pongs',
    foundBy: ['2.7', '2.8', '2.9', '22.3.1'],
    make: {
      testee: class extends Testee {
        override pong(payload: Uint8Array): void {
          super.ping(payload)
        }
      },
    },
  },
  {
    fault: 'answers pings when the message around them is complete',
    foundBy: ['5.6', '5.7', '5.8', '5.19', '5.20'],
    make: {
      testee: class extends Testee {
        #pings: Uint8Array[] = []
        override ping(payload: Uint8Array): void {
          if (this.first === undefined) super.ping(payload)
          else this.#pings.push(payload)
        }
        override message(opcode: number, payload: Uint8Array): void {
          super.message(opcode, payload)
          for (const each of this.#pings.splice(0)) super.ping(each)
        }
      },
    },
  },
  {
    fault: 'answers only the first of many pings',
    foundBy: ['2.10', '22.1.1', '22.2.2'],
    make: {
      testee: class extends Testee {
        #isAnswered = false
        override ping(payload: Uint8Array): void {
          if (!this.#isAnswered) super.ping(payload)
          this.#isAnswered = true
        }
      },
    },
  },
  {
    fault: 'gets one octet of a megabyte wrong',
    foundBy: ['22.2.5'],
    make: {
      testee: class extends Testee {
        override message(opcode: number, payload: Uint8Array): void {
          const echo = Uint8Array.from(payload)
          if (echo.length >= 1_048_576) echo[700_001]! ^= 1
          super.message(opcode, echo)
        }
      },
    },
  },
  {
    fault: 'cuts messages at 65,535 octets',
    foundBy: ['1.1.7', '1.1.8', '1.2.7', '10.1.1'],
    make: {
      testee: class extends Testee {
        override message(opcode: number, payload: Uint8Array): void {
          super.message(opcode, payload.subarray(0, 65_535))
        }
      },
    },
  },
  {
    fault: 'echoes text as binary',
    foundBy: ['1.1.1', '1.1.2', '6.1.1'],
    make: {
      testee: class extends Testee {
        override message(_: number, payload: Uint8Array): void {
          super.message(2, payload)
        }
      },
    },
  },
  {
    fault: 'echoes binary as text',
    foundBy: ['1.2.1', '1.2.2'],
    make: {
      testee: class extends Testee {
        override message(_: number, payload: Uint8Array): void {
          super.message(1, payload)
        }
      },
    },
  },
  {
    fault: 'loses the last fragment',
    foundBy: ['5.3', '5.6', '5.19', '6.2.2'],
    make: {
      testee: class extends Testee {
        override complete(): void {
          if (this.fragments.length > 1) this.fragments.pop()
          super.complete()
        }
      },
    },
  },
  {
    fault: 'takes each fragment for a message',
    foundBy: ['5.3', '5.6', '6.2.2'],
    make: {
      testee: class extends Testee {
        override fragment(header: Header, payload: Buffer): void {
          super.fragment({ ...header, fin: true }, payload)
          if (!header.fin) this.first = header
        }
      },
    },
  },
  {
    fault: 'echoes twice',
    foundBy: ['1.1.1', '1.1.2', '5.3'],
    make: {
      testee: class extends Testee {
        override message(opcode: number, payload: Uint8Array): void {
          super.message(opcode, payload)
          super.message(opcode, payload)
        }
      },
    },
  },
  {
    fault: 'does not echo what is empty',
    foundBy: ['1.1.1', '1.2.1', '6.1.1'],
    make: {
      testee: class extends Testee {
        override message(opcode: number, payload: Uint8Array): void {
          if (payload.length > 0) super.message(opcode, payload)
        }
      },
    },
  },
  {
    fault: 'takes reserved opcodes',
    foundBy: ['4.1.1', '4.1.3', '4.2.1', '4.2.3'],
    make: {
      testee: class extends Testee {
        override isReserved(): boolean {
          return false
        }
      },
    },
  },
  {
    fault: 'takes control frames in fragments',
    foundBy: ['5.1'],
    make: {
      testee: class extends Testee {
        override isWrongControl({ length }: Header): boolean {
          return length > 125n
        }
      },
    },
  },
  {
    fault: 'takes control frames of more than 125 octets',
    foundBy: ['2.5', '7.3.6'],
    make: {
      testee: class extends Testee {
        override isWrongControl({ fin }: Header): boolean {
          return !fin
        }
      },
    },
  },
  {
    fault: 'takes any close code',
    foundBy: ['7.9.1', '7.9.2', '7.9.5', '7.9.9'],
    make: {
      testee: class extends Testee {
        override mayBeSent(): boolean {
          return true
        }
      },
    },
  },
  {
    fault: 'does not look at close reasons',
    foundBy: ['7.5.1'],
    make: {
      testee: class extends Testee {
        override isReason(): boolean {
          return true
        }
      },
    },
  },
  {
    fault: 'takes a close frame of one octet for an empty one',
    foundBy: ['7.3.2'],
    make: {
      testee: class extends Testee {
        override wrongWith(header: Header): number | undefined {
          return header.opcode === 8 && header.length === 1n ? undefined : super.wrongWith(header)
        }
        override closed(payload: Buffer): void {
          super.closed(payload.length === 1 ? Buffer.alloc(0) : payload)
        }
      },
    },
  },
  {
    fault: 'accepts a new message within a message',
    foundBy: ['5.18'],
    make: {
      testee: class extends Testee {
        override isOutOfTurn({ opcode }: Header): boolean {
          return opcode === 0 && this.first === undefined
        }
      },
    },
  },
  {
    fault: 'passes over continuations of nothing',
    foundBy: ['5.9', '5.10', '5.12', '5.15', '5.16'],
    make: {
      testee: class extends Testee {
        override isOutOfTurn({ opcode }: Header): boolean {
          return opcode !== 0 && this.first !== undefined
        }
        override fragment(header: Header, payload: Buffer): void {
          if (header.opcode !== 0 || this.first !== undefined) super.fragment(header, payload)
        }
      },
    },
  },
  {
    fault: 'writes lengths in 64 bits',
    foundBy: ['1.1.1', '1.1.2', '2.1'],
    make: {
      testee: class extends Testee {
        override encode(frame: WireFrame): Uint8Array {
          return super.encode({ ...frame, lengthForm: 64 })
        }
      },
    },
  },
  {
    fault: 'reads lengths of 32 bits',
    foundBy: ['21.2.1', '21.2.3', '21.2.4', '21.3.4'],
    make: {
      testee: class extends Testee {
        override length(form: 7 | 16 | 64, seven: number, octets: Buffer): bigint {
          return BigInt.asUintN(32, super.length(form, seven, octets))
        }
        override wrongWith(header: Header): number | undefined {
          return super.wrongWith({ ...header, form: 7 })
        }
      },
    },
  },
  {
    fault: 'sets RSV1 without having agreed on anything',
    foundBy: ['1.1.1', '1.1.2'],
    make: {
      testee: class extends Testee {
        override message(opcode: number, payload: Uint8Array): void {
          this.send({ opcode, payload, rsv: 4 })
        }
      },
    },
  },
  {
    fault: 'sends pongs in fragments',
    foundBy: ['2.1', '2.2', '5.6'],
    make: {
      testee: class extends Testee {
        override ping(payload: Uint8Array): void {
          this.send({ opcode: 10, payload, fin: false })
        }
      },
    },
  },
  {
    fault: 'sends a close frame with a code that may not be sent',
    foundBy: ['7.3.1', '7.3.3', '1.1.1'],
    make: {
      testee: class extends Testee {
        override closed(): void {
          this.send({ opcode: 8, payload: closePayload(1005) })
          this.end()
        }
      },
    },
  },
  {
    fault: 'sends a close frame whose reason is not valid UTF-8',
    foundBy: ['7.3.3', '1.1.1'],
    make: {
      testee: class extends Testee {
        override closed(): void {
          this.send({ opcode: 8, payload: closePayload(1000, Uint8Array.of(0xff)) })
          this.end()
        }
      },
    },
  },
]

/** Faults in the opening handshake. */
const openingFaults: readonly BrokenTestee[] = [
  server(
    'answers with a wrong Sec-WebSocket-Accept',
    ['1.1.1', '20.2.14'],
    class extends ServerOpening {
      override accept(): string {
        return super.accept('')
      }
    },
  ),
  server(
    'names a subprotocol that nobody asked for',
    ['1.1.1', '20.7.1'],
    class extends ServerOpening {
      override more(): string[] {
        return ['Sec-WebSocket-Protocol: mine']
      }
    },
  ),
  server(
    'names an extension that nobody offered',
    ['1.1.1', '20.8.1'],
    class extends ServerOpening {
      override more(): string[] {
        return ['Sec-WebSocket-Extensions: mine']
      }
    },
  ),
  server(
    'takes any version',
    ['20.1.1', '20.1.5', '20.1.9', '20.1.17'],
    class extends ServerOpening {
      override isWrongVersion(): boolean {
        return false
      }
    },
  ),
  server(
    'takes any key',
    ['20.2.1', '20.2.3', '20.2.7', '20.2.11'],
    class extends ServerOpening {
      override isWrongKey(): boolean {
        return false
      }
    },
  ),
  server(
    'takes any method and version of HTTP',
    ['20.3.1', '20.3.9'],
    class extends ServerOpening {
      override isWrongLine(): boolean {
        return false
      }
    },
  ),
  server(
    'does without a Host',
    ['20.4.1', '20.4.2', '20.4.5'],
    class extends ServerOpening {
      override isWrongHost(): boolean {
        return false
      }
    },
  ),
  server(
    'takes the body of a request for frames',
    ['20.9.2', '20.9.3', '20.9.4'],
    class extends ServerOpening {
      override wrongWith(head: Head): number | undefined {
        return super.wrongWith({
          ...head,
          fields: head.fields.filter(([name]) => name !== 'content-length' && name !== 'transfer-encoding'),
        })
      }
    },
  ),
  server(
    'opens whatever it is asked',
    ['20.5.1', '25.1.1', '25.2.1'],
    class extends ServerOpening {
      override wrongWith(): undefined {
        return undefined
      }
    },
  ),
  client(
    'takes any Sec-WebSocket-Accept',
    ['20.10.1', '20.10.3', '20.10.6', '20.10.8'],
    class extends ClientOpening {
      override isWrongAccept(): boolean {
        return false
      }
    },
  ),
  client(
    'takes any status',
    ['25.3.16', '20.11.18'],
    class extends ClientOpening {
      override isWrongLine(): boolean {
        return false
      }
    },
  ),
  client(
    'does without Upgrade and Connection',
    ['20.11.1', '20.11.2', '20.11.6'],
    class extends ClientOpening {
      override isWrongUpgrade(): boolean {
        return false
      }
    },
  ),
  client(
    'takes a subprotocol that it did not ask for',
    ['20.12.1', '20.12.2'],
    class extends ClientOpening {
      override isWrongProtocol(): boolean {
        return false
      }
    },
  ),
  client(
    'takes extensions that it did not offer',
    ['20.12.5', '24.6.27'],
    class extends ClientOpening {
      override agreed(): object {
        return {}
      }
    },
  ),
  client(
    'knows headers by their usual letters alone',
    ['20.13.1', '20.13.2'],
    class extends ClientOpening {
      override opened(text: string): ReturnType<ClientOpening['opened']> {
        return /^Upgrade:/m.test(text) ? super.opened(text) : undefined
      }
    },
  ),
]

/** Faults in permessage-deflate that show as soon as messages are inflated with any zlib. */
const compressionFaults: readonly BrokenTestee[] = [
  server(
    'takes offers that have to be declined',
    ['24.2.1', '24.2.6', '24.2.12'],
    class extends ServerOpening {
      override isOffer(): boolean {
        return true
      }
    },
  ),
  client(
    'takes parameters that there are not',
    ['24.6.1', '24.6.5', '24.6.12'],
    class extends ClientOpening {
      override isAnswer(): boolean {
        return true
      }
    },
  ),
  {
    fault: 'sets RSV1 on pongs, which may not be compressed',
    foundBy: ['23.1.14', '2.2'],
    make: {
      testee: class extends Testee {
        override ping(payload: Uint8Array): void {
          this.send({ opcode: 10, payload, rsv: 4 })
        }
      },
    },
  },
  {
    fault: 'sets RSV1 on what it has not compressed',
    foundBy: ['23.1.1', '23.1.3'],
    make: {
      testee: class extends Testee {
        override message(opcode: number, payload: Uint8Array): void {
          this.send({ opcode, payload, rsv: this.compression === undefined ? 0 : 4 })
        }
      },
    },
  },
  {
    fault: 'does not inflate',
    foundBy: ['23.1.1', '23.1.12'],
    make: compressing(
      class extends Compression {
        override inflate(payload: Uint8Array): Uint8Array {
          return payload
        }
      },
    ),
  },
  {
    fault: 'takes RSV1 wherever it is',
    foundBy: ['23.4.1', '23.4.3', '23.4.5'],
    make: {
      testee: class extends Testee {
        override hasWrongBits(header: Header): boolean {
          return super.hasWrongBits({ ...header, rsv: header.rsv & 3 })
        }
      },
    },
  },
  {
    fault: 'reads no further than the first block that says that it is the last',
    foundBy: ['23.2.3', '23.2.4'],
    make: compressing(
      class extends Compression {
        override inflate(payload: Uint8Array): Uint8Array | number {
          const inflated = super.inflate(payload)
          return typeof inflated !== 'number' && (payload[0]! & 1) === 1 && inflated.length === 10 ? inflated.subarray(0, 5) : inflated
        }
      },
    ),
  },
  {
    fault: 'does not check the UTF-8 of what it has inflated',
    foundBy: ['23.3.11', '23.3.12'],
    make: {
      testee: class extends Testee {
        override complete(): void {
          const rsv = this.first?.rsv
          if (rsv !== 4) return super.complete()
          const { opcode = 1 } = this.first ?? {}
          const inflated = this.compression?.inflate(Buffer.concat(this.fragments))
          this.first = undefined
          this.fragments = []
          if (typeof inflated === 'number' || inflated === undefined) this.fail(1007)
          else this.message(opcode, inflated)
        }
      },
    },
  },
]

/**
 * Faults in permessage-deflate that show in back references: to find them the suite has to inflate with exactly the window that was agreed
 * on.
 */
const windowFaults: readonly BrokenTestee[] = [
  {
    fault: 'keeps a context that it has promised to drop',
    foundBy: ['24.1.3', '24.1.5'],
    side: 'server',
    make: compressing(withOwn(own => ({ ...own, keepsContext: true }))),
  },
  {
    fault: 'keeps a context that it was told to drop',
    foundBy: ['24.5.3', '24.5.4'],
    side: 'client',
    make: compressing(withOwn(own => ({ ...own, keepsContext: true }))),
  },
  {
    fault: 'looks back further than the window that it has agreed to',
    foundBy: ['24.1.7', '24.1.8'],
    side: 'server',
    make: compressing(withOwn(own => ({ ...own, windowBits: 15 }))),
  },
  {
    fault: 'looks back further than the window that it was given',
    foundBy: ['24.7.1'],
    side: 'client',
    make: compressing(withOwn(own => ({ ...own, windowBits: 15 }))),
  },
]

/** All broken testees. */
export const brokenTestees: readonly BrokenTestee[] = [...frameFaults, ...openingFaults, ...compressionFaults, ...windowFaults]

function server(fault: string, foundBy: readonly string[], opening: NonNullable<Make['server']>): BrokenTestee {
  return { fault, foundBy, side: 'server', make: { server: opening } }
}

function client(fault: string, foundBy: readonly string[], opening: NonNullable<Make['client']>): BrokenTestee {
  return { fault, foundBy, side: 'client', make: { client: opening } }
}

type CompressionKind = new (own: Direction, peer: Direction) => Compression

function compressing(Kind: CompressionKind): Make {
  return {
    server: class extends ServerOpening {
      override compression(own: Direction, peer: Direction): Compression {
        return new Kind(own, peer)
      }
    },
    client: class extends ClientOpening {
      override compression(own: Direction, peer: Direction): Compression {
        return new Kind(own, peer)
      }
    },
  }
}

function withOwn(change: (own: Direction) => Direction): CompressionKind {
  return class extends Compression {
    constructor(own: Direction, peer: Direction) {
      super(change(own), peer)
    }
  }
}

function isUtf8Text(octets: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(octets)
    return true
  } catch {
    return false
  }
}
