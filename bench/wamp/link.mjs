import { randomFillSync } from 'node:crypto'
import { connect } from 'node:net'
import { frame, handshake } from '../loads/frames.mjs'

// One buffer for all sockets: the data is counted, and seldom read.
const readBuffer = Buffer.alloc(256 * 1024)

/** A raw socket that uses WebSocket with the subprotocol of WAMP. */
export class Link {
  #socket
  received = () => {}

  static open(port) {
    return new Promise((resolve, reject) => {
      const link = new Link()
      const onread = { buffer: readBuffer, callback: (length, buffer) => link.received(buffer.subarray(0, length)) ?? true }
      link.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread })
      link.#socket.on('error', reject)
      let head = ''
      link.received = octets => {
        head += octets.toString('latin1')
        const end = head.indexOf('\r\n\r\n')
        if (end < 0) return
        if (!head.startsWith('HTTP/1.1 101 ')) return reject(new Error(head))
        link.received = () => {}
        resolve({ link, rest: Buffer.from(head.slice(end + 4), 'latin1') })
      }
      link.#socket.write(handshake(false).replace(/\r\n$/, 'Sec-WebSocket-Protocol: wamp\r\n\r\n'))
    })
  }

  send(octets) {
    this.#socket.write(octets)
  }

  /** Resolves when exactly these octets have come; `rest` is what has come already. */
  expect(wanted, rest = Buffer.alloc(0)) {
    let got = rest
    return new Promise((resolve, reject) => {
      const look = () => {
        if (got.length < wanted.length) return
        if (got.equals(wanted)) resolve()
        else reject(new Error(`${got.toString('latin1')} came in the place of ${wanted.toString('latin1')}`))
      }
      this.received = octets => {
        got = Buffer.concat([got, octets])
        look()
      }
      look()
    })
  }

  /** Reads the first message of a WAMP session, whose length depends on the server. */
  async welcomed(rest) {
    let got = rest
    while (got.length < 2 || got.length < 2 + got[1]) {
      got = Buffer.concat([got, await new Promise(resolve => (this.received = octets => resolve(Buffer.from(octets))))])
    }
    if (!got.toString('latin1').slice(2).startsWith('[0,')) throw new Error(`no WELCOME: ${got.toString('latin1')}`)
  }
}

/** Makes a text message as a client sends it. */
export function sent(text) {
  return frame(0x81, Buffer.from(text), randomFillSync(Buffer.alloc(4)))
}

/** Makes a text message as a server sends it. */
export function answered(text) {
  return frame(0x81, Buffer.from(text))
}
