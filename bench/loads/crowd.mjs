// Many connections that mostly listen: for broadcasts and for memory. Servers are known by their ports.
import { randomFillSync } from 'node:crypto'
import { answering } from '../lines.mjs'
import { json } from './contents.mjs'
import { deflated, frame } from './frames.mjs'
import { Link } from './link.mjs'

const crowds = new Map()
const heard = new Map()

answering({
  /** Opens so many, a few at a time, so that no server's backlog is full. Orders that follow are for these. */
  async open({ port, count, isPlain = false, deflate = false }) {
    const links = Array.from({ length: count })
    let next = 0
    const opener = async () => {
      while (next < count) links[next++] = await Link.open(port, { isPlain, deflate })
    }
    await Promise.all(Array.from({ length: atOnce }, opener))
    if (deflate && !links[0].isCompressed) throw new Error('the server does not compress')
    crowds.set(port, links)
  },
  /** Answers at once; `heard` answers when so many frames are there on each connection. */
  hear({ port, frames }) {
    heard.set(port, Promise.all(crowds.get(port).map(link => link.frames(frames))))
  },
  async heard({ port }) {
    await heard.get(port)
  },
  /** One compressed message on each connection, and its reply. */
  async speak({ port }) {
    const message = frame(0xc1, deflated(json(400)), randomFillSync(Buffer.alloc(4)))
    for (const link of crowds.get(port)) {
      const answered = link.frames(1)
      link.send(message)
      await answered
    }
  },
})

const atOnce = 16
