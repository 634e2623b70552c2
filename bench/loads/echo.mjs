// The load of echoes: raw sockets, frames masked beforehand and sent in batches, replies counted by their octets, or by their frames where
// their size is the server's choice. Each order names a server and a time; the answer comes when every reply is there.
import { randomFillSync } from 'node:crypto'
import { createInterface } from 'node:readline'
import { constants, inflateRawSync } from 'node:zlib'
import { deflated, FrameCounter, frame } from './frames.mjs'
import { Link } from './link.mjs'

const { connections, inFlight, size, deflate = false, isSecure = false } = JSON.parse(process.argv[2])
const content = deflate ? json(size) : randomFillSync(Buffer.alloc(size))
const payload = deflate ? deflated(content) : content
const first = deflate ? 0xc2 : 0x82
const batch = Buffer.concat(Array.from({ length: inFlight }, () => frame(first, payload, randomFillSync(Buffer.alloc(4)))))
const sentSize = batch.length / inFlight
const links = new Map()

createInterface({ input: process.stdin })
  .on('line', async line => {
    const { port, isPlain, milliseconds, rate } = JSON.parse(line)
    if (!links.has(port)) links.set(port, await open(port, isPlain))
    const opened = links.get(port)
    const result = rate ? await atRate(opened, rate, milliseconds) : await asFastAsPossible(opened, milliseconds)
    console.log(JSON.stringify(result))
  })
  .on('close', () => process.exit())

async function open(port, isPlain = false) {
  const replySize = deflate ? 0 : isPlain ? sentSize : sentSize - 4
  const opened = []
  for (let made = 0; made < connections; made++) opened.push(await Link.open(port, { isPlain, isSecure, deflate }))
  if (!isPlain) await Promise.all(opened.map(link => verify(link)))
  return { links: opened, replySize }
}

/** One message, whose reply is compared octet by octet. */
function verify(link) {
  if (deflate && !link.isCompressed) throw new Error('the server does not compress')
  return new Promise((resolve, reject) => {
    let reply = Buffer.alloc(0)
    link.received = octets => {
      reply = Buffer.concat([reply, octets])
      const header = reply[1] < 126 ? 2 : reply[1] === 126 ? 4 : 10
      if (reply.length < header) return
      const length = header === 2 ? reply[1] : header === 4 ? reply.readUInt16BE(2) : Number(reply.readBigUInt64BE(2))
      if (reply.length < header + length) return
      const body = reply.subarray(header)
      const isCompressed = (reply[0] & 0x40) !== 0
      const got = isCompressed ? inflateRawSync(Buffer.concat([body, tail]), { finishFlush: constants.Z_SYNC_FLUSH }) : body
      if (!got.equals(content)) reject(new Error('the reply is not the message'))
      else if (deflate && !isCompressed) reject(new Error('the reply is not compressed'))
      else resolve()
    }
    link.send(batch.subarray(0, sentSize))
  })
}

function asFastAsPossible({ links: opened, replySize }, milliseconds) {
  return measured(
    opened,
    (link, endsAt, latencies, done) => {
      const replies = replySize > 0 ? new OctetCounter(replySize) : new FrameCounter()
      let due = inFlight
      let messages = 0
      let sentAt = performance.now()
      link.received = octets => {
        const complete = replies.count(octets)
        messages += complete
        due -= complete
        const now = performance.now()
        if (complete > 0 && latencies.length < 50_000) latencies.push(now - sentAt)
        if (complete > 0 && now < endsAt) {
          sentAt = now
          due += complete
          link.send(complete === inFlight ? batch : batch.subarray(0, complete * sentSize))
        } else if (due === 0) {
          done(messages)
        }
      }
      link.send(batch)
    },
    milliseconds,
  )
}

/** Messages are due at fixed times, whether the server keeps up or not; latency counts from when a message was due. */
function atRate({ links: opened, replySize }, rate, milliseconds) {
  const interval = (1000 * opened.length) / rate
  return measured(
    opened,
    (link, endsAt, latencies, done) => {
      const replies = new OctetCounter(replySize)
      const due = []
      let next = performance.now() + Math.random() * interval
      let messages = 0
      const tick = () => {
        const now = performance.now()
        let count = 0
        for (; next <= now && next < endsAt; next += interval, count++) due.push(next)
        for (let left = count; left > 0; left -= inFlight) link.send(left >= inFlight ? batch : batch.subarray(0, left * sentSize))
        if (next < endsAt) setImmediate(tick)
        else if (due.length === 0) done(messages)
      }
      link.received = octets => {
        const now = performance.now()
        for (let complete = replies.count(octets); complete > 0; complete--) {
          latencies.push(now - due.shift())
          messages++
        }
        if (next >= endsAt && due.length === 0) done(messages)
      }
      tick()
    },
    milliseconds,
  )
}

function measured(opened, start, milliseconds) {
  return new Promise(resolve => {
    const before = process.cpuUsage()
    const began = performance.now()
    const latencies = []
    let messages = 0
    const running = new Set(opened)
    for (const link of opened) {
      start(link, began + milliseconds, latencies, count => {
        if (!running.delete(link)) return
        messages += count
        if (running.size > 0) return
        const { user, system } = process.cpuUsage(before)
        latencies.sort((a, b) => a - b)
        const at = share => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))]
        resolve({ messages, seconds: (performance.now() - began) / 1000, cpu: user + system, p50: at(0.5), p99: at(0.99), p999: at(0.999) })
      })
    }
  })
}

/** Counts replies that are all of one size. */
class OctetCounter {
  #size
  #partial = 0

  constructor(size) {
    this.#size = size
  }

  count(octets) {
    const length = this.#partial + octets.length
    const complete = Math.floor(length / this.#size)
    this.#partial = length - complete * this.#size
    return complete
  }
}

function json(length) {
  const items = Array.from({ length: 40 }, (_, i) => ({ id: 1000 + i, name: `item ${i}`, price: i * 1.25 }))
  return Buffer.from(JSON.stringify(items).slice(0, length))
}

const tail = Buffer.from([0, 0, 255, 255])
