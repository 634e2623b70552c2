// Sessions that call each other, publish, drop and return, at random. Raw sockets; each answer and event is checked.
import { answering } from '../lines.mjs'
import { WampLink } from './wamp-link.mjs'

const [HELLO, WELCOME, GOODBYE, ERROR, PUBLISH, SUBSCRIBE, SUBSCRIBED, EVENT] = [1, 2, 6, 8, 16, 32, 33, 36]
const [CALL, RESULT, REGISTER, REGISTERED, INVOCATION, YIELD] = [48, 50, 64, 65, 68, 70]
const [port, count, rate] = process.argv.slice(2).map(Number)
const roles = { caller: {}, callee: {}, publisher: {}, subscriber: {} }
const members = Array.from({ length: count }, () => ({ link: undefined, due: new Map() }))
let did

for (let n = 0; n < count; n++) await join(n)
let running
answering({
  begin({ milliseconds }) {
    running = run(milliseconds)
  },
  ended: () => running,
})

/** Acts until the time is over and everything is settled; returns what was done. */
async function run(milliseconds) {
  did = { called: 0, events: 0, returned: 0, refused: 0, wrong: 0 }
  const returning = new Set()
  const began = performance.now()
  const owed = () => Math.min(performance.now() - began, milliseconds) * (rate / 1000)
  for (let done = 0; done < (milliseconds * rate) / 1000; ) {
    for (; done < owed(); done++) {
      const promise = act(Math.floor(Math.random() * count), Math.random())
      if (promise === undefined) continue
      returning.add(promise)
      void promise.then(() => returning.delete(promise))
    }
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  await Promise.all(returning)
  for (let tries = 0; tries < 400 && members.some(({ due }) => due.size > 0); tries++) await new Promise(resolve => setTimeout(resolve, 10))
  for (const { due } of members) did.wrong += due.size
  return did
}

/** Lets a session do something; returns a promise where it comes back later. */
function act(n, chance) {
  const { link, due } = members[n]
  if (link === undefined) return undefined
  const other = Math.floor(Math.random() * count)
  const request = ++link.request
  if (chance < 0.7) {
    did.called++
    due.set(request, other)
    link.send([CALL, request, chance < 0.1 ? { timeout: 30_000 } : {}, `com.soak.procedure${other}`, [other, 'x'.repeat(50)]])
    link.flush()
  } else if (chance < 0.9) {
    link.send([PUBLISH, request, {}, `com.soak.topic${other}`, [other, 'x'.repeat(50)]])
    link.flush()
  } else return comeBack(n, chance < 0.95)
  return undefined
}

/** Drops a session, or says GOODBYE, and joins again a little later. */
async function comeBack(n, isPolite) {
  const { link, due } = members[n]
  members[n].link = undefined
  due.clear()
  link.received = () => {}
  if (isPolite) {
    link.send([GOODBYE, {}, 'wamp.close.close_realm'])
    link.flush()
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  link.destroy()
  await new Promise(resolve => setTimeout(resolve, 50))
  await join(n)
  did.returned++
}

async function join(n) {
  const { due } = members[n]
  const link = await WampLink.open(port, 'json')
  let answered
  link.received = message => {
    const [code, request, second, third, fourth] = message
    if (code === INVOCATION) link.send([YIELD, request, {}, fourth])
    else if (code === EVENT) fourth[0] === n ? did.events++ : did.wrong++
    else if (code === RESULT) settled(due, request, third[0])
    // the callee is away, or has left
    else if (code === ERROR && due.delete(second)) did.refused++
    else if (code === WELCOME || code === SUBSCRIBED || code === REGISTERED || code === ERROR) answered(message)
    else did.wrong++
  }
  const ask = message =>
    new Promise(resolve => {
      answered = resolve
      link.send(message)
      link.flush()
    })
  await ask([HELLO, 'realm1', { roles }])
  await ask([SUBSCRIBE, ++link.request, {}, `com.soak.topic${n}`])
  // the session before it may still have the procedure, until the router knows that it is gone
  while ((await ask([REGISTER, ++link.request, {}, `com.soak.procedure${n}`]))[0] !== REGISTERED)
    await new Promise(resolve => setTimeout(resolve, 20))
  members[n].link = link
}

function settled(due, request, value) {
  if (due.get(request) === value) due.delete(request)
  else did.wrong++
}
