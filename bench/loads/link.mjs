import { connect, createServer } from 'node:net'
import * as tls from 'node:tls'
import { acceptance, FrameCounter, frame, handshake, readFrame } from './frames.mjs'

// One buffer for all sockets: the data is only counted.
const readBuffer = Buffer.alloc(64 * 1024)

/** One connection of a load generator. */
export class Link {
  #socket
  #counter = new FrameCounter()
  #isOurs = true
  #head = ''
  #isClosed = false
  /** The function that gets the received octets, which are lent. */
  received = () => {}

  static open(port, { isPlain = false, isSecure = false, deflate } = {}) {
    const link = new Link()
    return new Promise((resolve, reject) => {
      const onread = { buffer: readBuffer, callback: (length, buffer) => link.received(buffer.subarray(0, length)) ?? true }
      const options = { port, host: '127.0.0.1', noDelay: true, onread }
      const socket = isSecure ? tls.connect({ ...options, rejectUnauthorized: false }) : connect(options)
      link.#watch(socket, reject)
      socket.on(isSecure ? 'secureConnect' : 'connect', async () => {
        if (isPlain) return resolve(link)
        const answer = link.#readHead()
        socket.write(handshake(deflate))
        if (!(await answer).startsWith('HTTP/1.1 101 ')) return reject(new Error(`the server answers ${link.#head.split('\r')[0]}`))
        link.rest()
        resolve(link)
      })
    })
  }

  /** Listens as a server; `accepted` resolves with the first `count` connections. */
  static async listen(count, isPlain) {
    const links = []
    const server = createServer({ noDelay: true })
    const accepted = new Promise((resolve, reject) => {
      server.on('connection', async socket => {
        const link = new Link()
        link.#isOurs = false
        link.#watch(socket, reject)
        socket.on('data', octets => link.received(octets))
        if (!isPlain) {
          socket.write(acceptance(await link.#readHead()))
          link.rest()
        }
        if (links.push(link) === count) resolve(links)
      })
    })
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
    return { port: server.address().port, accepted }
  }

  /** Throws if the server has not agreed to the compression that a load needs. */
  checkCompression(deflate) {
    if (!/permessage-deflate/i.test(this.#head)) throw new Error('the server does not compress')
    const givesUp = /server_no_context_takeover/i.test(this.#head)
    if (givesUp !== (deflate === 'none')) throw new Error(`the server ${givesUp ? 'gives its context up' : 'keeps its context'}`)
  }

  /** Sends octets. Returns false if the caller has to wait for `drained`. */
  send(octets) {
    return this.#socket.write(octets)
  }

  drained() {
    return new Promise(resolve => this.#socket.once('drain', resolve))
  }

  close() {
    this.#isClosed = true
    this.#socket.destroy()
  }

  /** Resolves when `count` frames have come. */
  frames(count) {
    let missing = count
    return new Promise(resolve => {
      this.received = octets => {
        missing -= this.#counter.count(octets)
        if (missing > 0) return
        this.rest()
        resolve()
      }
    })
  }

  /** Answers pings between measurements; otherwise the other end would close the connection. */
  rest() {
    let kept = Buffer.alloc(0)
    this.received = octets => {
      kept = Buffer.concat([kept, octets])
      for (let got = readFrame(kept); got !== undefined; got = readFrame(kept)) {
        kept = kept.subarray(got.size)
        if (got.first === 0x89) this.send(frame(0x8a, got.payload, this.#isOurs ? Buffer.alloc(4) : undefined))
      }
    }
  }

  #readHead() {
    return new Promise(resolve => {
      this.received = octets => {
        this.#head += octets.toString('latin1')
        if (this.#head.endsWith('\r\n\r\n')) resolve(this.#head)
      }
    })
  }

  #watch(socket, reject) {
    this.#socket = socket
    socket.on('error', reject)
    socket.on('close', () => {
      if (!this.#isClosed) throw new Error('the other end has closed a connection')
    })
  }
}
