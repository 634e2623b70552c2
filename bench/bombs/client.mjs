import { connect } from 'node:net'

/** A connection with permessage-deflate over a raw socket. It answers pings and waits for one message. */
export class Client {
  #socket
  #rest = Buffer.alloc(0)
  #settle
  isLost = false
  answered = new Promise(resolve => {
    this.#settle = resolve
  })

  static async open(port) {
    const client = new Client()
    client.#socket = connect(port, '127.0.0.1')
    client.#socket.on('error', () => {})
    client.#socket.write(head)
    await new Promise(resolve => client.#socket.once('data', resolve))
    client.#socket.on('data', octets => client.#received(octets))
    client.#socket.on('close', () => client.#lose())
    return client
  }

  send(octets) {
    this.#socket.write(octets)
  }

  end() {
    this.#socket.destroy()
  }

  /** Answers pings, and waits for a message. All frames are small. */
  #received(octets) {
    this.#rest = Buffer.concat([this.#rest, octets])
    while (this.#rest.length >= 2 && this.#rest.length >= 2 + this.#rest[1]) {
      const opcode = this.#rest[0] & 15
      const payload = this.#rest.subarray(2, 2 + this.#rest[1])
      this.#rest = this.#rest.subarray(2 + payload.length)
      if (opcode === 9) this.#socket.write(Buffer.concat([Buffer.from([0x8a, 0x80 | payload.length, 0, 0, 0, 0]), payload]))
      else if (opcode === 8) this.#lose()
      else if (opcode < 3) this.#settle()
    }
  }

  #lose() {
    this.isLost = true
    this.#settle()
  }
}

const head =
  'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n'
