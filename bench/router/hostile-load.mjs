// Honest sessions, which call and publish at fixed times, or hostile ones. Raw sockets: nothing of the library is measured with itself.
import { answering } from '../lines.mjs'
import { quantile } from '../statistics.mjs'
import { WampLink } from './wamp-link.mjs'

const [HELLO, WELCOME, PUBLISH, SUBSCRIBE, SUBSCRIBED, EVENT] = [1, 2, 16, 32, 33, 36]
const [CALL, RESULT, REGISTER, REGISTERED, INVOCATION, YIELD] = [48, 50, 64, 65, 68, 70]
const [kind, ownPort, count, only = ''] = process.argv.slice(2)
/** The port of the router that is used now. */
let port = ownPort
const roles = { caller: {}, callee: {}, publisher: {}, subscriber: {} }
/** The milliseconds between two calls of one session, and between two events. */
const [callEvery, publishEvery] = [500, 1000]

if (kind === 'honest') await honest(Number(count))
else hostile(Number(count), only.split(','))

async function joined() {
  const link = await WampLink.open(Number(port), 'json')
  await link.ask([HELLO, 'realm1', { roles }], WELCOME)
  return link
}

/** Each session has a procedure and a topic, calls the procedure of another one and publishes to its topic. */
async function honest(sessions) {
  const links = []
  const latencies = []
  const due = new Map()
  for (let n = 0; n < sessions; n++) {
    const link = await joined()
    await link.ask([REGISTER, ++link.request, {}, `com.honest.procedure${n}`], REGISTERED)
    await link.ask([SUBSCRIBE, ++link.request, {}, `com.honest.topic${n}`], SUBSCRIBED)
    link.received = ([code, request, second, third, fourth]) => {
      if (code === INVOCATION) link.send([YIELD, request, {}, fourth])
      else if (code === RESULT) settled(third[0])
      else if (code === EVENT) settled(fourth[0])
      else throw new Error(`${code} ${second} came`)
    }
    links.push(link)
  }
  const settled = token => {
    const since = due.get(token)
    if (since === undefined) throw new Error(`${token} was not due`)
    due.delete(token)
    latencies.push(performance.now() - since)
  }
  let token = 0
  answering(
    {
      async run({ milliseconds }) {
        latencies.length = 0
        const late = []
        const began = performance.now()
        const plan = []
        for (let n = 0; n < sessions; n++) {
          for (let at = (callEvery * n) / sessions; at < milliseconds; at += callEvery) plan.push({ at, n, isCall: true })
          for (let at = (publishEvery * (n + 0.5)) / sessions; at < milliseconds; at += publishEvery) plan.push({ at, n, isCall: false })
        }
        plan.sort((one, other) => one.at - other.at)
        for (let next = 0; next < plan.length; ) {
          for (; next < plan.length && began + plan[next].at <= performance.now(); next++) {
            const { at, n, isCall } = plan[next]
            const link = links[n]
            const other = (n * 7 + 13) % sessions
            due.set(++token, began + at)
            late.push(performance.now() - began - at)
            if (isCall) link.send([CALL, ++link.request, {}, `com.honest.procedure${other}`, [token, 'some text']])
            else link.send([PUBLISH, ++link.request, { exclude_me: false }, `com.honest.topic${other}`, [token, 'some text']])
            link.flush()
          }
          await new Promise(resolve => setTimeout(resolve, 1))
        }
        for (const end = performance.now() + 5000; due.size > 0 && performance.now() < end; )
          await new Promise(resolve => setTimeout(resolve, 5))
        const lost = due.size
        due.clear()
        const sorted = latencies.toSorted((one, other) => one - other)
        return {
          p50: quantile(sorted, 0.5),
          p99: quantile(sorted, 0.99),
          longest: sorted.at(-1),
          late: quantile(
            late.sort((one, other) => one - other),
            0.99,
          ),
          lost,
        }
      },
    },
    { pid: process.pid },
  )
}

/** `begin` opens all sessions, at the router of a port, `end` drops them. */
function hostile(sessions, kinds) {
  const acts = { flood, stall, drop }
  let round
  answering(
    {
      async begin({ port: its = ownPort }) {
        port = its
        round = { isOver: false, links: new Set(), did: { sent: 0, joined: 0 } }
        // those that join and drop go on until the end, and are not awaited
        await Promise.all(Array.from({ length: sessions }, (_, n) => acts[kinds[n % kinds.length]](Math.floor(n / kinds.length), round)))
      },
      async end() {
        round.isOver = true
        for (const link of round.links) link.destroy()
        return round.did
      },
    },
    { pid: process.pid },
  )
}

/** Publishes, and calls what is not there, as fast as its socket takes it. */
async function flood(n, round) {
  const link = await own(round)
  link.isCounting = true
  link.received = () => {}
  const text = 'x'.repeat(100)
  const write = () => {
    if (round.isOver) return
    for (let messages = 0; messages < 50; messages++) {
      if (messages % 5 === 0) link.send([CALL, ++link.request, {}, 'com.hostile.nothing', [text]])
      else link.send([PUBLISH, ++link.request, {}, `com.hostile.topic${n}`, [text]])
    }
    round.did.sent += 50
    link.flushed(() => setImmediate(write))
  }
  write()
}

/** Subscribes to the topic of one that floods, and reads nothing. */
async function stall(n, round) {
  const link = await own(round)
  await link.ask([SUBSCRIBE, ++link.request, {}, `com.hostile.topic${n}`], SUBSCRIBED)
  link.pause()
}

/** Joins and drops, and again each second. */
async function drop(n, round) {
  const first = await own(round)
  const again = async () => {
    if (round.isOver) return
    const link = await own(round)
    setTimeout(() => gone(link, round), 1)
    setTimeout(again, 1000)
  }
  setTimeout(
    () => {
      gone(first, round)
      void again()
    },
    (n * 7) % 1000,
  )
}

async function own(round) {
  const link = await joined()
  round.did.joined++
  round.links.add(link)
  if (round.isOver) gone(link, round)
  return link
}

function gone(link, round) {
  round.links.delete(link)
  link.destroy()
}
