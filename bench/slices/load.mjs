// The clients that make the server work: large and hostile messages, and many receivers.
import { createDeflateRaw } from 'node:zlib'
import { answering } from '../lines.mjs'
import { json } from '../loads/contents.mjs'
import { frame, readFrame, sizeOf } from '../loads/frames.mjs'
import { Link } from '../loads/link.mjs'

const atOnce = 16
const key = Buffer.from([1, 2, 3, 4])
const crowd = []
const messages = new Map()
let heard

answering({
  async open({ port, deflate, count }) {
    let left = count
    const opener = async () => {
      while (left-- > 0) crowd.push(await Link.open(port, { deflate }))
    }
    await Promise.all(Array.from({ length: atOnce }, opener))
  },
  /** Sends a message on a new connection, and waits for the reply, or for the server's close frame if that is expected. */
  async say({ message, port, deflate }) {
    if (!messages.has(message)) messages.set(message, frame(0xc2, await contents[message](), key))
    const link = await Link.open(port, { deflate })
    const answered = replyOn(link)
    link.send(messages.get(message))
    const { first, payload } = await answered
    link.close()
    const isClose = (first & 15) === 8
    if (isClose !== (message === 'bomb'))
      throw new Error(isClose ? `the server closes with ${payload.readUInt16BE()}` : 'the bomb went through')
  },
  hear() {
    heard = Promise.all(crowd.map(link => link.frames(1)))
  },
  async heard() {
    await heard
  },
})

/** Returns the first frame when it is complete. */
function replyOn(link) {
  const chunks = []
  let length = 0
  return new Promise(resolve => {
    link.received = octets => {
      chunks.push(Buffer.from(octets))
      length += octets.length
      if (length >= (sizeOf(chunks[0]) ?? 0)) resolve(readFrame(Buffer.concat(chunks)))
    }
  })
}

const contents = {
  /** Compresses 1 GiB of zeros to 1 MiB. */
  bomb: () => deflated(Array.from({ length: 1024 }, () => Buffer.alloc(1024 * 1024))),
  /** Compresses JSON to about a tenth. */
  big: () => deflated([json(16 * 1024 * 1024)]),
}

/** Compresses pieces to one message (RFC 7692 §7.2.1). */
async function deflated(pieces) {
  // The smallest window, which every server accepts.
  const stream = createDeflateRaw({ level: 1, windowBits: 9 })
  const out = []
  stream.on('data', octets => out.push(octets))
  for (const piece of pieces) await new Promise(resolve => stream.write(piece, resolve))
  await new Promise(resolve => stream.flush(resolve))
  return Buffer.concat(out).subarray(0, -4)
}
