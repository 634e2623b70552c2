// The load: raw sockets, frames masked beforehand and sent in batches, replies counted by their octets alone.
// Each order names a server and a time; the answer comes when every reply is there.
import { randomFillSync } from 'node:crypto'
import { connect } from 'node:net'

const { connections, inFlight, size } = JSON.parse(process.argv[2])
const payload = randomFillSync(Buffer.alloc(size))
const batch = Buffer.concat(Array.from({ length: inFlight }, () => frame(payload, randomFillSync(Buffer.alloc(4)))))
const sentSize = batch.length / inFlight
// One for all sockets: what is read is only counted.
const readBuffer = Buffer.alloc(64 * 1024)
const links = new Map()

process.on('message', async ({ port, isPlain, milliseconds }) => {
  if (!links.has(port)) links.set(port, await open(port, isPlain))
  process.send(await run(links.get(port), milliseconds))
})
process.on('disconnect', () => process.exit())

async function open(port, isPlain) {
  const replySize = isPlain ? sentSize : sentSize - 4
  const opened = []
  for (let made = 0; made < connections; made++) opened.push(await Link.open(port, isPlain, replySize))
  if (!isPlain) await Promise.all(opened.map(link => link.verify(frame(payload))))
  return opened
}

function run(opened, milliseconds) {
  return new Promise(resolve => {
    const before = process.cpuUsage()
    const began = performance.now()
    const endsAt = began + milliseconds
    let messages = 0
    let running = opened.length
    for (const link of opened) {
      link.run(endsAt, count => {
        messages += count
        if (--running > 0) return
        const { user, system } = process.cpuUsage(before)
        resolve({ messages, seconds: (performance.now() - began) / 1000, cpu: user + system })
      })
    }
  })
}

class Link {
  #socket
  #received
  #replySize

  static open(port, isPlain, replySize) {
    return new Promise((resolve, reject) => {
      const link = new Link()
      link.#replySize = replySize
      const onread = { buffer: readBuffer, callback: (length, buffer) => link.#received(buffer.subarray(0, length)) ?? true }
      link.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread })
      link.#socket.on('error', reject)
      link.#socket.on('connect', () => {
        if (isPlain) resolve(link)
        else link.#handshake(resolve)
      })
    })
  }

  #handshake(done) {
    let head = ''
    this.#received = octets => {
      head += octets.toString('latin1')
      if (!head.startsWith('HTTP/1.1 101 '.slice(0, head.length))) throw new Error(head)
      if (head.endsWith('\r\n\r\n')) done(this)
    }
    this.#socket.write(
      'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    )
  }

  /** One message, whose reply is compared octet by octet. */
  verify(wanted) {
    return new Promise((resolve, reject) => {
      let reply = Buffer.alloc(0)
      this.#received = octets => {
        reply = Buffer.concat([reply, octets])
        if (reply.length < wanted.length) return
        if (reply.equals(wanted)) resolve()
        else reject(new Error('the reply is not the message'))
      }
      this.#socket.write(batch.subarray(0, sentSize))
    })
  }

  /** Keeps so many messages in flight until the time is over, and tells how many were answered. */
  run(endsAt, done) {
    let octetsDue = inFlight * this.#replySize
    let partial = 0
    let messages = 0
    this.#received = octets => {
      const length = partial + octets.length
      const complete = Math.floor(length / this.#replySize)
      partial = length - complete * this.#replySize
      messages += complete
      octetsDue -= octets.length
      if (complete > 0 && performance.now() < endsAt) {
        octetsDue += complete * this.#replySize
        this.#socket.write(complete === inFlight ? batch : batch.subarray(0, complete * sentSize))
      } else if (octetsDue === 0) {
        done(messages)
      }
    }
    this.#socket.write(batch)
  }
}

/** A binary frame, masked where a key is given. */
function frame(octets, key) {
  const extended = octets.length < 126 ? 0 : octets.length < 65536 ? 2 : 8
  const header = Buffer.alloc(2 + extended)
  header[0] = 0x82
  header[1] = (key ? 0x80 : 0) | (extended === 0 ? octets.length : extended === 2 ? 126 : 127)
  if (extended === 2) header.writeUInt16BE(octets.length, 2)
  if (extended === 8) header.writeBigUInt64BE(BigInt(octets.length), 2)
  return key ? Buffer.concat([header, key, octets.map((octet, at) => octet ^ key[at & 3])]) : Buffer.concat([header, octets])
}
