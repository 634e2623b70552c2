import { once } from 'node:events'
import * as net from 'node:net'
import { until } from '../fixtures/until.ts'

/** A peer that speaks TCP and follows no rules but its own. */
export class Attacker {
  static readonly #attackers: Attacker[] = []
  readonly socket: net.Socket
  /** All octets that were received, when no more will come. */
  readonly whole: Promise<Buffer>
  /** Does not end its side when the other does. */
  isStubborn = false
  readonly #chunks: Buffer[] = []
  #isOver = false

  private constructor(socket: net.Socket) {
    this.socket = socket
    socket.on('data', chunk => this.#chunks.push(chunk))
    // Being reset is part of the trade.
    socket.on('error', () => {})
    socket.on('end', () => {
      if (!this.isStubborn) socket.end()
    })
    this.whole = new Promise(resolve =>
      socket.on('close', () => {
        this.#isOver = true
        resolve(this.received)
      }),
    )
  }

  static async to(port: number): Promise<Attacker> {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    await once(socket, 'connect')
    const attacker = new Attacker(socket)
    Attacker.#attackers.push(attacker)
    return attacker
  }

  static endAll(): void {
    for (const { socket } of Attacker.#attackers.splice(0)) socket.destroy()
  }

  /** One that is let in. */
  static async within(port: number, request: string): Promise<Attacker> {
    const attacker = await Attacker.to(port)
    attacker.socket.write(request)
    await until(() => attacker.received.includes('\r\n\r\n') || attacker.#isOver)
    if (!attacker.received.toString('latin1').startsWith('HTTP/1.1 101 ')) throw new Error(attacker.received.toString('latin1'))
    attacker.#chunks.length = 0
    return attacker
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** The status line of the answer, when the connection is gone. */
  async refused(): Promise<string> {
    const answer = (await this.whole).toString('latin1')
    return answer.slice(0, answer.indexOf('\r\n'))
  }

  /** Code and reason of the close frame that came last, when the connection is gone. */
  async failed(): Promise<string> {
    const octets = await this.whole
    const at = octets.lastIndexOf(0x88)
    return `${octets.readUInt16BE(at + 2)} ${octets.toString('utf8', at + 4)}`
  }
}

/** A frame as clients send it, under a mask that changes nothing. */
export function frame(first: number, payload: string | Uint8Array, announced?: number): Buffer {
  const octets = Buffer.from(payload)
  const length = announced ?? octets.length
  const header = length < 126 ? [first, 0x80 | length] : length < 65_536 ? [first, 0xfe, length >> 8, length & 255] : [first, 0xff]
  const extended = Buffer.alloc(length < 65_536 ? 0 : 8)
  if (length >= 65_536) extended.writeBigUInt64BE(BigInt(length))
  return Buffer.concat([Buffer.from(header), extended, Buffer.alloc(4), octets])
}
