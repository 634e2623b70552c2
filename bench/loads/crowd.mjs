// Many connections that mostly listen: for broadcasts and for memory. Orders: `open`, `leave`, `hear` so many frames on each, `speak` once on each.
import { randomFillSync } from 'node:crypto'
import { createInterface } from 'node:readline'
import { deflated, frame } from './frames.mjs'
import { Link } from './link.mjs'

const links = []
let heard = Promise.resolve()

const orders = {
  async open({ port, count, isPlain, deflate }) {
    for (let made = 0; made < count; made++) links.push(await Link.open(port, { isPlain, deflate }))
    return { isCompressed: links.at(-1).isCompressed }
  },
  /** Answers at once; `heard` answers when everything is there. */
  async hear({ frames }) {
    heard = Promise.all(links.map(link => link.frames(frames)))
    return {}
  },
  async heard() {
    await heard
    return {}
  },
  async leave() {
    for (const link of links.splice(0)) link.close()
    return {}
  },
  async speak() {
    const payload = deflated(Buffer.from(JSON.stringify({ text: 'the same words '.repeat(30) })))
    const message = frame(0xc1, payload, randomFillSync(Buffer.alloc(4)))
    for (const link of links) {
      const answered = link.frames(1)
      link.send(message)
      await answered
    }
    return {}
  },
}

createInterface({ input: process.stdin })
  .on('line', async line => {
    const order = JSON.parse(line)
    console.log(JSON.stringify(await orders[order.order](order)))
  })
  .on('close', () => process.exit())
