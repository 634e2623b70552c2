// Sends large messages on one connection, each in one frame and piece by piece; the server answers each with the number of its octets.
import { randomFillSync } from 'node:crypto'
import { answering } from '../lines.mjs'
import { header } from './frames.mjs'
import { Link } from './link.mjs'

const { size } = JSON.parse(process.argv[2])
const piece = randomFillSync(Buffer.alloc(64 * 1024))
// The payload does not matter, so any octets can be sent as if they were masked.
const head = Buffer.concat([header(0x82, size, true), piece.subarray(0, 4)])
const links = new Map()

answering({
  async open({ port, isPlain }) {
    links.set(port, { link: await Link.open(port, { isPlain }), isPlain })
  },
  async upload({ port, milliseconds }) {
    const { link, isPlain } = links.get(port)
    const before = process.cpuUsage()
    const began = performance.now()
    let messages = 0
    for (; performance.now() - began < milliseconds; messages++) await one(link, isPlain)
    const { user, system } = process.cpuUsage(before)
    return { mebibytes: (messages * size) / 1024 ** 2, seconds: (performance.now() - began) / 1000, cpu: user + system }
  },
})

async function one(link, isPlain) {
  const answered = answer(link, isPlain)
  if (!isPlain) link.send(head)
  for (let sent = 0; sent < size; sent += piece.length) if (!link.send(piece)) await link.drained()
  const length = await answered
  if (length !== size) throw new Error(`the server counts ${length} octets of ${size}`)
}

/** Returns a frame with a short text, or the text alone for a plain server. */
function answer(link, isPlain) {
  return new Promise(resolve => {
    let got = ''
    link.received = octets => {
      got += octets.subarray(isPlain || got !== '' ? 0 : 2).toString()
      if (got.length === String(size).length) resolve(Number(got))
    }
  })
}
