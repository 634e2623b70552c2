import { connect } from 'node:net'
import { decode, encode } from '@msgpack/msgpack'
import { handshake, header } from '../loads/frames.mjs'

const readBuffer = Buffer.alloc(256 * 1024)
const text = new TextDecoder()
/** With this key masking changes nothing. */
const noMask = Buffer.alloc(4)

/** A raw socket that sends and receives messages of WAMP. What is sent while data is read leaves in one write. */
export class WampLink {
  request = 0
  received = () => {}
  /** Whether messages are counted only: `received` gets `undefined` for each. */
  isCounting = false
  #socket
  #isBinary
  #rest = Buffer.alloc(0)
  #out = []

  static open(port, serializer) {
    return new Promise((resolve, reject) => {
      const link = new WampLink()
      link.#isBinary = serializer === 'msgpack'
      let head = ''
      let read = octets => {
        head += octets.toString('latin1')
        if (!head.includes('\r\n\r\n')) return
        if (!head.startsWith('HTTP/1.1 101 ')) return reject(new Error(head))
        read = more => link.#read(more)
        resolve(link)
      }
      const onread = { buffer: readBuffer, callback: (length, buffer) => read(buffer.subarray(0, length)) ?? true }
      link.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread })
      link.#socket.on('error', reject)
      link.#socket.write(handshake(false).replace(/\r\n$/, `Sec-WebSocket-Protocol: wamp.2.${serializer}\r\n\r\n`))
    })
  }

  send(message) {
    const octets = this.#isBinary ? encode(message) : Buffer.from(JSON.stringify(message))
    this.#out.push(header(this.#isBinary ? 0x82 : 0x81, octets.length, true), noMask, octets)
  }

  pause() {
    this.#socket.pause()
  }

  destroy() {
    this.#socket.destroy()
  }

  /** Calls back once the system has taken what was sent, or the connection is gone. */
  flushed(callback) {
    this.#socket.write(Buffer.concat(this.#out), callback)
    this.#out = []
  }

  flush() {
    if (this.#out.length === 0) return
    this.#socket.write(Buffer.concat(this.#out))
    this.#out = []
  }

  /** Sends a message, and resolves with the next one, which must have the code. */
  ask(message, code) {
    this.send(message)
    this.flush()
    return new Promise((resolve, reject) => {
      this.received = answer => (answer[0] === code ? resolve(answer) : reject(new Error(`${JSON.stringify(answer)} came for ${code}`)))
    })
  }

  #read(octets) {
    let data = this.#rest.length === 0 ? octets : Buffer.concat([this.#rest, octets])
    for (;;) {
      if (data.length < 2) break
      const short = data[1] & 0x7f
      const start = short < 126 ? 2 : short === 126 ? 4 : 10
      if (data.length < start) break
      const length = short < 126 ? short : short === 126 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2))
      if (data.length < start + length) break
      const payload = data.subarray(start, start + length)
      // control frames need no answer in the time that a load takes
      if ((data[0] & 0x08) === 0)
        this.received(this.isCounting ? undefined : this.#isBinary ? decode(payload) : JSON.parse(text.decode(payload)))
      data = data.subarray(start + length)
    }
    this.#rest = data.length === 0 ? data : Buffer.from(data)
    this.flush()
  }
}
