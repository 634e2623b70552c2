// The load of echoes: raw sockets, frames made beforehand and sent in batches. Replies are counted by octets, or by frames if the other end
// chooses their size. Each order names an end and a time; the answer comes when every reply has arrived.
import { randomFillSync } from 'node:crypto'
import { constants, inflateRawSync } from 'node:zlib'
import { answering } from '../lines.mjs'
import { quantile } from '../statistics.mjs'
import { json, text } from './contents.mjs'
import { deflated, FrameCounter, frame, OctetCounter, readFrame } from './frames.mjs'
import { Link } from './link.mjs'

const {
  connections,
  inFlight,
  size,
  atOnce = inFlight,
  deflate = false,
  isSecure = false,
  isText = false,
  isServer = false,
} = JSON.parse(process.argv[2])
const content = isText ? text(size) : deflate ? json(size) : randomFillSync(Buffer.alloc(size))
const payload = deflate ? deflated(content) : content
const first = 0x80 | (deflate ? 0x40 : 0) | (isText ? 1 : 2)
const batch = Buffer.concat(
  Array.from({ length: atOnce }, () => frame(first, payload, isServer ? undefined : randomFillSync(Buffer.alloc(4)))),
)
const sentSize = batch.length / atOnce
/** The size of a reply depends on which side masks, that is, on which side is the server. */
const repliedSize = sentSize + (isServer ? 4 : -4)
const ends = new Map()

answering({ open, close, listen, accepted, echo, paced })

async function open({ port, isPlain }) {
  const links = []
  for (let made = 0; made < connections; made++) links.push(await Link.open(port, { isPlain, isSecure, deflate }))
  await ready(port, links, isPlain)
}

/** Closes the connections to the server at the port, which is about to end. */
function close({ port }) {
  for (const link of ends.get(port).links) link.close()
  ends.delete(port)
}

async function listen({ isPlain }) {
  const { port, accepted: links } = await Link.listen(connections, isPlain)
  ends.set(port, { links, isPlain })
  return { port }
}

async function accepted({ port }) {
  const { links, isPlain } = ends.get(port)
  await ready(port, await links, isPlain)
}

async function ready(port, links, isPlain) {
  if (!isPlain) await Promise.all(links.map(verify))
  ends.set(port, { links, replySize: deflate ? 0 : isPlain ? sentSize : repliedSize, isPlain })
}

/** Sends one message and compares its reply octet by octet. */
function verify(link) {
  if (deflate) link.checkCompression(deflate)
  return new Promise((resolve, reject) => {
    let kept = Buffer.alloc(0)
    link.received = octets => {
      kept = Buffer.concat([kept, octets])
      const reply = readFrame(kept)
      if (reply === undefined) return
      const isCompressed = (reply.first & 0x40) !== 0
      const body = isCompressed
        ? inflateRawSync(Buffer.concat([reply.payload, tail]), { finishFlush: constants.Z_SYNC_FLUSH })
        : reply.payload
      if (!content.equals(body)) reject(new Error('the reply is not the message'))
      else if (deflate && !isCompressed) reject(new Error('the reply is not compressed'))
      else resolve()
    }
    link.send(batch.subarray(0, sentSize))
  })
}

/** Keeps `inFlight` messages in flight on each connection; each reply is followed by a message. */
function echo({ port, milliseconds }) {
  return measured(port, milliseconds, ({ links, replySize }, endsAt, latencies, done) => {
    for (const link of links) {
      const replies = replySize > 0 ? new OctetCounter(replySize) : new FrameCounter()
      let due = inFlight
      let sentAt = performance.now()
      link.received = octets => {
        const complete = replies.count(octets)
        if (complete === 0) return
        due -= complete
        const now = performance.now()
        if (latencies.length < mostLatencies) latencies.push(now - sentAt)
        const goesOn = now < endsAt
        if (goesOn) {
          sentAt = now
          due += complete
          link.send(batch.subarray(0, complete * sentSize))
        }
        done(complete, !goesOn && due === 0)
      }
      link.send(batch.subarray(0, inFlight * sentSize))
    }
  })
}

/**
 * Sends messages at fixed times, whether the other end keeps up or not; latency counts from the planned time of a
 * message. `lag` is the 99th percentile of this process's own delay.
 */
async function paced({ port, milliseconds, rate }) {
  const lags = []
  const result = await measured(port, milliseconds, ({ links, replySize }, endsAt, latencies, done) => {
    const interval = (1000 * links.length) / rate
    const clocks = links.map(link => {
      // Each connection sends at least one message before it is done.
      const clock = { link, next: Math.min(performance.now() + Math.random() * interval, endsAt - 1), due: [] }
      const replies = new OctetCounter(replySize)
      link.received = octets => {
        const now = performance.now()
        const complete = replies.count(octets)
        for (let left = complete; left > 0; left--) latencies.push(now - clock.due.shift())
        if (complete > 0) done(complete, clock.next >= endsAt && clock.due.length === 0)
      }
      return clock
    })
    const tick = () => {
      const now = performance.now()
      for (const clock of clocks) {
        let count = 0
        for (; clock.next <= now && clock.next < endsAt; clock.next += interval, count++) {
          clock.due.push(clock.next)
          lags.push(now - clock.next)
        }
        for (let left = count; left > 0; left -= atOnce) clock.link.send(batch.subarray(0, Math.min(left, atOnce) * sentSize))
      }
      if (clocks.some(({ next }) => next < endsAt)) setImmediate(tick)
    }
    tick()
  })
  lags.sort((a, b) => a - b)
  return { ...result, lag: quantile(lags, 0.99) }
}

/** Counts until every connection has finished. */
function measured(port, milliseconds, start) {
  const end = ends.get(port)
  return new Promise(resolve => {
    const before = process.cpuUsage()
    const began = performance.now()
    const latencies = []
    let messages = 0
    let missing = end.links.length
    const finish = () => {
      const { user, system } = process.cpuUsage(before)
      const seconds = (performance.now() - began) / 1000
      for (const link of end.links) if (!end.isPlain) link.rest()
      latencies.sort((a, b) => a - b)
      const [p50, p99, p999] = [0.5, 0.99, 0.999].map(share => quantile(latencies, share))
      resolve({ messages, seconds, cpu: user + system, p50, p99, p999 })
    }
    start(end, began + milliseconds, latencies, (complete, isDone) => {
      messages += complete
      if (isDone && --missing === 0) finish()
    })
  })
}

const tail = Buffer.from([0, 0, 255, 255])
const mostLatencies = 500_000
