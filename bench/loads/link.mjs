import { connect } from 'node:net'
import * as tls from 'node:tls'
import { FrameCounter, handshake } from './frames.mjs'

// One for all sockets: what is read is only counted.
const readBuffer = Buffer.alloc(64 * 1024)

/** One connection of a load generator. */
export class Link {
  #socket
  /** What is called with the octets that arrive. */
  received = () => {}
  head = ''

  /** `kind`: `plain` for no WebSocket, `tls`, or neither. */
  static open(port, { isPlain = false, isSecure = false, deflate = false } = {}) {
    return new Promise((resolve, reject) => {
      const link = new Link()
      const onread = { buffer: readBuffer, callback: (length, buffer) => link.received(buffer.subarray(0, length)) ?? true }
      const options = { port, host: '127.0.0.1', noDelay: true, onread }
      const socket = isSecure ? tls.connect({ ...options, rejectUnauthorized: false }) : connect(options)
      link.#socket = socket
      socket.on('error', reject)
      socket.on(isSecure ? 'secureConnect' : 'connect', () => {
        if (isPlain) return resolve(link)
        link.received = octets => {
          link.head += octets.toString('latin1')
          if (!link.head.endsWith('\r\n\r\n')) return
          if (link.head.startsWith('HTTP/1.1 101 ')) resolve(link)
          else reject(new Error(link.head))
        }
        socket.write(handshake(deflate))
      })
    })
  }

  get isCompressed() {
    return /permessage-deflate/i.test(this.head)
  }

  send(octets) {
    this.#socket.write(octets)
  }

  close() {
    this.#socket.destroy()
  }

  /** Resolves when so many frames have come. */
  frames(count) {
    const counter = new FrameCounter()
    let missing = count
    return new Promise(resolve => {
      this.received = octets => {
        missing -= counter.count(octets)
        if (missing <= 0) resolve()
      }
    })
  }
}
