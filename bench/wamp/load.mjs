// The load: raw sockets, frames made beforehand, answers counted by octets. The first answer on each connection is compared in full. The
// orders `calls` and `events` open the connections that they need the first time, and answer when everything sent has been answered.
import { createInterface } from 'node:readline'
import { answered, Link, sent } from './link.mjs'
import { call, callIds, event, publish, result, subscribe } from './messages.mjs'

const opened = new Map()
const orders = { calls, events }

createInterface({ input: process.stdin })
  .on('line', async line => {
    const order = JSON.parse(line)
    console.log(JSON.stringify(await orders[order.order](order)))
  })
  .on('close', () => process.exit())

async function once(key, open) {
  if (!opened.has(key)) opened.set(key, await open())
  return opened.get(key)
}

async function calls({ port, kind, connections, inFlight, milliseconds }) {
  const reply = replyOf(kind)
  const links = await once(`${port} ${inFlight}`, () => Promise.all(Array.from({ length: connections }, () => linkTo(port, kind))))
  const batch = Buffer.concat(callIds.slice(0, inFlight).map(id => sent(call(id))))
  const callSize = batch.length / inFlight
  const replySize = answered(reply(callIds[0])).length
  return await measured((endsAt, done) => {
    let running = links.length
    let messages = 0
    for (const link of links) {
      let due = inFlight
      let partial = 0
      link.received = octets => {
        const length = partial + octets.length
        const complete = Math.floor(length / replySize)
        partial = length - complete * replySize
        messages += complete
        due -= complete
        if (complete > 0 && performance.now() < endsAt) {
          due += complete
          link.send(complete === inFlight ? batch : batch.subarray(0, complete * callSize))
        } else if (due === 0 && --running === 0) {
          done(messages)
        }
      }
      link.send(batch)
    }
  }, milliseconds)
}

async function events({ port, kind, subscribers, inFlight, milliseconds }) {
  const { publisher, links } = await once(`${port} ${subscribers}`, () => audience(port, kind, subscribers))
  const one = sent(publicationFor(kind))
  const eventSize = answered(event).length * subscribers
  return await measured((endsAt, done) => {
    let messages = 0
    let due = inFlight
    let partial = 0
    const received = octets => {
      partial += octets.length
      while (partial >= eventSize) {
        partial -= eventSize
        messages++
        due--
        if (performance.now() < endsAt) {
          due++
          publisher.send(one)
        }
      }
      if (due === 0) done(messages)
    }
    for (const link of links) link.received = received
    publisher.send(Buffer.concat(Array.from({ length: inFlight }, () => one)))
  }, milliseconds)
}

async function linkTo(port, kind) {
  const { link, rest } = await Link.open(port)
  if (kind === 'wamp') await link.welcomed(rest)
  if (kind !== 'broadcast' && kind !== 'jsonBroadcast') await echoed(link, kind)
  return link
}

/** Returns the reply of a kind of server. The bare echo returns the call itself. */
function replyOf(kind) {
  return kind === 'echo' ? call : result
}

/** Returns the publication for a kind of server. The bare broadcast gets the event itself. */
function publicationFor(kind) {
  return kind === 'broadcast' ? event : publish
}

async function echoed(link, kind) {
  const heard = link.expect(answered(replyOf(kind)(callIds[0])))
  link.send(sent(call(callIds[0])))
  await heard
}

/**
 * Opens the connections of an audience. The answer to a call after SUBSCRIBE shows that the subscription is done, because SUBSCRIBE itself
 * has no answer.
 */
async function audience(port, kind, subscribers) {
  const links = []
  for (let made = 0; made < subscribers; made++) {
    const link = await linkTo(port, kind)
    if (kind === 'wamp') {
      link.send(sent(subscribe))
      await echoed(link, kind)
    }
    links.push(link)
  }
  const publisher = await linkTo(port, kind)
  const heard = Promise.all(links.map(link => link.expect(answered(event))))
  publisher.send(sent(publicationFor(kind)))
  await heard
  return { publisher, links }
}

function measured(start, milliseconds) {
  return new Promise(resolve => {
    const before = process.cpuUsage()
    const began = performance.now()
    start(began + milliseconds, messages => {
      const { user, system } = process.cpuUsage(before)
      resolve({ messages, seconds: (performance.now() - began) / 1000, loadCpu: (user + system) / messages })
    })
  })
}
