import { WampLink } from './wamp-link.mjs'

const [HELLO, WELCOME, PUBLISH, SUBSCRIBE, SUBSCRIBED, EVENT] = [1, 2, 16, 32, 33, 36]
const [CALL, RESULT, REGISTER, REGISTERED, INVOCATION, YIELD] = [48, 50, 64, 65, 68, 70]
const procedure = 'com.example.procedure'
const topic = 'com.example.topic'
const thing = { name: 'a thing of some kind', tags: ['one', 'two'], price: 12.5 }
const news = { channel: 'news', items: Array.from({ length: 12 }, (_, id) => ({ id, price: 10 + id * 1.25 })) }
const opened = new Map()

/** Runs calls until the time is over and each has its answer. The callee answers with the arguments of the call. */
export async function calls({ port, kind, serializer, callers, inFlight, milliseconds }) {
  const isBare = kind === 'floor' || kind === 'relay'
  const links = await once(port, () => openCallers[kind]?.(port, serializer, callers) ?? callersOf(port, serializer, callers))
  return measured((endsAt, done, fail) => {
    let messages = 0
    let running = links.length
    for (const link of links) {
      let due = 0
      const call = () => {
        due++
        const request = ++link.request
        link.send([CALL, request, {}, procedure, [request, thing]])
      }
      const answered = ([code, request, , third, fourth]) => {
        // floor and relay send the call itself back
        if (code !== (isBare ? CALL : RESULT) || (isBare && third !== procedure)) return fail(`code ${code} came`)
        const values = isBare ? fourth : third
        if (values[0] !== request || values[1].price !== thing.price) return fail(`${JSON.stringify(values)} came for call ${request}`)
        messages++
        due--
        if (performance.now() < endsAt) call()
        else if (due === 0 && --running === 0) done(messages)
      }
      link.received = answered
      for (let n = 0; n < inFlight; n++) call()
      link.flush()
    }
  }, milliseconds)
}

/** Publishes events until the time is over and all subscribers have them all. */
export async function events({ port, kind, serializer, subscribers, inFlight, milliseconds }) {
  const { publisher, links } = await once(port, () => audience(port, kind, serializer, subscribers))
  return measured((endsAt, done, fail) => {
    let messages = 0
    let due = 0
    let received = 0
    const publish = () => {
      due++
      const request = ++publisher.request
      if (kind === 'floor') publisher.send([EVENT, 1234567, 7654321, {}, [request, news]])
      else publisher.send([PUBLISH, request, {}, topic, [request, news]])
      publisher.flush()
    }
    for (const link of links) {
      let last = publisher.request
      // the messages are counted without being read, but for the first link, where each is read and checked
      link.isCounting = link !== links[0]
      link.received = message => {
        if (!link.isCounting) {
          if (message[0] !== EVENT || message[4][0] !== ++last || message[4][1].items.length !== news.items.length)
            return fail(`${JSON.stringify(message)} came where event ${last} was due`)
        }
        if (++received % links.length !== 0) return
        messages++
        due--
        if (performance.now() < endsAt) publish()
        else if (due === 0) done(messages)
      }
    }
    for (let n = 0; n < inFlight; n++) publish()
  }, milliseconds)
}

/** Opens sessions that say nothing more, each with so many subscriptions and registrations of its own; the floor gets one message from each. */
export async function idle({ port, kind, serializer, first, count, entries }) {
  for (let n = first; n < first + count; n++) {
    if (kind === 'floor') await (await WampLink.open(port, serializer)).ask([CALL, 1, {}, procedure], CALL)
    else await idleSession(await joined(port, serializer), n, entries)
  }
  return {}
}

async function idleSession(link, n, entries) {
  for (let entry = 0; entry < entries; entry++) {
    await link.ask([SUBSCRIBE, ++link.request, {}, `${topic}.of${n}.number${entry}`], SUBSCRIBED)
    await link.ask([REGISTER, ++link.request, {}, `${procedure}.of${n}.number${entry}`], REGISTERED)
  }
}

async function once(key, open) {
  if (!opened.has(key)) opened.set(key, await open())
  return opened.get(key)
}

const openCallers = { floor: plainLinks, relay: relayedLinks }

function plainLinks(port, serializer, count) {
  return Promise.all(Array.from({ length: count }, () => WampLink.open(port, serializer)))
}

/** The first connection is the callee's, which sends each call back. */
async function relayedLinks(port, serializer, count) {
  const callee = await WampLink.open(port, serializer)
  callee.received = message => callee.send(message)
  return plainLinks(port, serializer, count)
}

/** Joins and registers the procedure of the benchmarks, which answers each call with its arguments. */
export async function answerCalls(port, serializer) {
  const callee = await joined(port, serializer)
  await callee.ask([REGISTER, ++callee.request, {}, procedure], REGISTERED)
  callee.received = ([code, request, , , args]) => {
    if (code === INVOCATION) callee.send([YIELD, request, {}, args])
  }
}

async function callersOf(port, serializer, count) {
  await answerCalls(port, serializer)
  return Promise.all(Array.from({ length: count }, () => joined(port, serializer)))
}

async function audience(port, kind, serializer, subscribers) {
  const links = []
  for (let n = 0; n < subscribers; n++) {
    const link = kind === 'floor' ? await WampLink.open(port, serializer) : await joined(port, serializer)
    if (kind !== 'floor') await link.ask([SUBSCRIBE, ++link.request, {}, topic], SUBSCRIBED)
    links.push(link)
  }
  return { publisher: kind === 'floor' ? await WampLink.open(port, serializer) : await joined(port, serializer), links }
}

async function joined(port, serializer) {
  const link = await WampLink.open(port, serializer)
  const roles = { caller: {}, callee: {}, publisher: {}, subscriber: {} }
  await link.ask([HELLO, 'realm1', { roles }], WELCOME)
  return link
}

function measured(start, milliseconds) {
  return new Promise((resolve, reject) => {
    const before = process.cpuUsage()
    const began = performance.now()
    const late = setTimeout(() => reject(new Error('answers are missing')), milliseconds + 20_000)
    const done = messages => {
      clearTimeout(late)
      const { user, system } = process.cpuUsage(before)
      resolve({ messages, seconds: (performance.now() - began) / 1000, loadCpu: (user + system) / messages })
    }
    start(began + milliseconds, done, why => reject(new Error(why)))
  })
}
