// Many connections that mostly receive: for broadcasts and for memory. Servers are identified by their ports.
import { randomFillSync } from 'node:crypto'
import { answering } from '../lines.mjs'
import { json } from './contents.mjs'
import { deflated, frame } from './frames.mjs'
import { Link } from './link.mjs'

const crowds = new Map()
const heard = new Map()

answering({
  /** Opens `count` connections, a few at a time, so that the server's backlog does not overflow. Later orders use these connections. */
  async open({ port, count, isPlain = false, deflate = false }) {
    const links = []
    await someAtOnce(count, async () => links.push(await Link.open(port, { isPlain, deflate })))
    if (deflate) links[0].checkCompression(deflate)
    crowds.set(port, links)
  },
  /** Answers at once; `heard` answers when each connection has received `frames` frames. */
  hear({ port, frames }) {
    heard.set(port, Promise.all(crowds.get(port).map(link => link.frames(frames))))
  },
  async heard({ port }) {
    await heard.get(port)
  },
  /** Sends one message on each connection and waits for its reply: 400 octets of JSON with compression, otherwise 125 octets. */
  async speak({ port, deflate = false }) {
    const key = randomFillSync(Buffer.alloc(4))
    const message = deflate ? frame(0xc1, deflated(json(400)), key) : frame(0x82, Buffer.alloc(125, 1), key)
    const links = crowds.get(port)
    await someAtOnce(links.length, async at => {
      const answered = links[at].frames(1)
      links[at].send(message)
      await answered
    })
  },
})

async function someAtOnce(count, action) {
  let next = 0
  const worker = async () => {
    while (next < count) await action(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

const atOnce = 16
