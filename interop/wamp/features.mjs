import assert from 'node:assert/strict'
import { cryptosignKey, cryptosignPublicKey } from './cryptosign-keys.mjs'
import { PeerError } from './peer-error.mjs'

/**
 * The features that are tried, in the order of the matrix. `run` gets the peer under test as `me`, another client as `other`, `name(word)`, which makes
 * a URI for this run, and `open`, which opens a further session of the peer under test.
 */
export const features = [
  feature('joins', async ({ me }) => {
    assert.ok(me.id === undefined || Number.isSafeInteger(me.id), `the id of the session is ${me.id}`)
  }),
  feature('gets an event with values', async ({ me, other, name }) => {
    const events = await subscribed(me, name('topic'))
    await other.publish(name('topic'), [1, 'two'], { three: 3 }, { acknowledge: true })
    assert.deepEqual(shown(await events.next()), { args: [1, 'two'], kwargs: { three: 3 } })
  }),
  feature('publishes', async ({ me, other, name }) => {
    const events = await subscribed(other, name('topic'))
    await me.publish(name('topic'), ['one'], { two: 2 }, {})
    assert.deepEqual(shown(await events.next()), { args: ['one'], kwargs: { two: 2 } })
  }),
  feature('publishes, acknowledged', async ({ me, name }) => {
    assert.ok(Number.isSafeInteger(await me.publish(name('topic'), ['x'], {}, { acknowledge: true })), 'there is no id of the publication')
  }),
  feature('gets no event of its own', async ({ me, other, name }) => {
    const events = await subscribed(me, name('topic'))
    await me.publish(name('topic'), ['own'], {}, { acknowledge: true })
    await other.publish(name('topic'), ['other'], {}, { acknowledge: true })
    assert.deepEqual((await events.next()).args, ['other'])
  }),
  feature('gets its own event with exclude_me false', async ({ me, name }) => {
    const events = await subscribed(me, name('topic'))
    await me.publish(name('topic'), ['own'], {}, { exclude_me: false, acknowledge: true })
    assert.deepEqual((await events.next()).args, ['own'])
  }),
  feature('publishes to eligible sessions alone', async ({ me, other, name }) => {
    const events = await subscribed(other, name('topic'))
    await me.publish(name('topic'), ['others'], {}, { exclude: [other.id], acknowledge: true })
    await me.publish(name('topic'), ['this one'], {}, { eligible: [other.id], acknowledge: true })
    assert.deepEqual((await events.next()).args, ['this one'])
  }),
  feature('subscribes to a prefix', async ({ me, other, name }) => {
    const events = await subscribed(me, name('deep'), { match: 'prefix' })
    await other.publish(`${name('deep')}.a.b`, [1], {}, { acknowledge: true })
    const { args, details } = await events.next()
    assert.deepEqual([args, details.topic], [[1], `${name('deep')}.a.b`])
  }),
  feature('subscribes to a wildcard', async ({ me, other, name }) => {
    const events = await subscribed(me, `${name('wild')}..end`, { match: 'wildcard' })
    await other.publish(`${name('wild')}.middle.end`, [2], {}, { acknowledge: true })
    const { args, details } = await events.next()
    assert.deepEqual([args, details.topic], [[2], `${name('wild')}.middle.end`])
  }),
  feature('publishes a retained event', async ({ me, other, name }) => {
    await me.publish(name('kept'), ['kept'], {}, { retain: true, acknowledge: true })
    const events = await subscribed(other, name('kept'), { get_retained: true })
    assert.deepEqual((await events.next()).args, ['kept'])
  }),
  feature('gets a retained event', async ({ me, other, name }) => {
    await other.publish(name('kept'), ['kept'], {}, { retain: true, acknowledge: true })
    const events = await subscribed(me, name('kept'), { get_retained: true })
    assert.deepEqual((await events.next()).args, ['kept'])
  }),
  feature('unsubscribes', async ({ me, other, name }) => {
    const before = await subscribed(me, name('topic'))
    await other.publish(name('topic'), [1], {}, { acknowledge: true })
    await before.next()
    await before.end()
    const marker = await subscribed(me, name('marker'))
    await other.publish(name('topic'), [2], {}, { acknowledge: true })
    await other.publish(name('marker'), [], {}, { acknowledge: true })
    await marker.next()
    assert.equal(before.waiting, 0, 'an event came after the end of the subscription')
  }),
  feature('answers a call', async ({ me, other, name }) => {
    await me.register(name('echo'), async ({ args, kwargs }) => ({ args, kwargs }))
    const result = other.call(name('echo'), [1, 'two'], { three: 3 }).result
    assert.deepEqual(shown(await result), { args: [1, 'two'], kwargs: { three: 3 } })
  }),
  feature('answers a call by one value', async ({ me, other, name }) => {
    await me.register(name('sum'), async ({ args: [a, b] }) => ({ args: [a + b], kwargs: {} }))
    assert.deepEqual((await other.call(name('sum'), [2, 3], {}).result).args, [5])
  }),
  feature('calls', async ({ me, other, name }) => {
    await other.register(name('echo'), async ({ args, kwargs }) => ({ args, kwargs }))
    assert.deepEqual(shown(await me.call(name('echo'), [1, 'two'], { three: 3 }).result), { args: [1, 'two'], kwargs: { three: 3 } })
  }),
  feature('answers with an error', async ({ me, other, name }) => {
    await me.register(name('fails'), async () => {
      throw new PeerError('com.example.no_stock', ['x1'], { left: 0 })
    })
    const error = await failure(other.call(name('fails'), [], {}).result)
    assert.deepEqual([error.uri, error.args, { ...error.kwargs }], ['com.example.no_stock', ['x1'], { left: 0 }])
  }),
  feature('gets an error: URI', async ({ me, other, name }) => {
    await other.register(name('fails'), fails)
    assert.equal((await failure(me.call(name('fails'), [], {}).result)).uri, 'com.example.no_stock')
  }),
  feature('gets an error: values', async ({ me, other, name }) => {
    await other.register(name('fails'), fails)
    const { args, kwargs } = await failure(me.call(name('fails'), [], {}).result)
    assert.deepEqual({ args, kwargs: { ...kwargs } }, { args: ['x1'], kwargs: { left: 0 } })
  }),
  feature('hears that there is no such procedure', async ({ me, name }) => {
    assert.equal((await failure(me.call(name('nothing'), [], {}).result)).uri, 'wamp.error.no_such_procedure')
  }),
  feature('hears that a procedure exists already', async ({ me, other, name }) => {
    await other.register(name('taken'), async () => ({ args: [], kwargs: {} }))
    const error = await failure(me.register(name('taken'), async () => ({ args: [], kwargs: {} })))
    assert.equal(error.uri, 'wamp.error.procedure_already_exists')
  }),
  feature('answers with progressive results', async ({ me, other, name }) => {
    const counts = async ({ progress }) => {
      progress?.([1])
      progress?.([2])
      return { args: [3], kwargs: {} }
    }
    await me.register(name('counts'), counts, me.progressOption ?? {})
    const seen = []
    const { args } = await other.call(name('counts'), [], {}, {}, result => seen.push(result.args[0])).result
    // some clients can only end with an empty result
    assert.deepEqual(args.length > 0 ? [...seen, args[0]] : seen, [1, 2, 3])
  }),
  feature('gets progressive results', async ({ me, other, name }) => {
    await other.register(name('counts'), async ({ progress }) => {
      progress([1])
      progress([2])
      return { args: [3], kwargs: {} }
    })
    const seen = []
    const { args } = await me.call(name('counts'), [], {}, {}, result => seen.push(result.args[0])).result
    assert.deepEqual([seen, args], [[1, 2], [3]])
  }),
  feature('cancels a call', async ({ me, other, name }) => {
    const { begun, interrupted } = await hanging(other, name('hangs'))
    const call = me.call(name('hangs'), [], {})
    const failed = failure(call.result)
    await begun
    call.cancel('kill')
    await interrupted
    if (!me.cancelIsSilent) await failed
  }),
  feature('is interrupted', async ({ me, other, name }) => {
    const { begun, interrupted } = await hanging(me, name('hangs'))
    const call = other.call(name('hangs'), [], {})
    const failed = failure(call.result)
    await begun
    call.cancel('killnowait')
    await failed
    await interrupted
  }),
  feature('calls with a timeout', async ({ me, other, name }) => {
    await hanging(other, name('hangs'))
    assert.match((await failure(me.call(name('hangs'), [], {}, { timeout: 100 }).result)).uri, /^wamp\.error\.(timeout|cancell?ed)$/)
  }),
  feature('registers a prefix', async ({ me, other, name }) => {
    await me.register(name('deep'), async ({ details }) => ({ args: [details.procedure], kwargs: {} }), { match: 'prefix' })
    assert.deepEqual((await other.call(`${name('deep')}.a`, [], {}).result).args, [`${name('deep')}.a`])
  }),
  feature('registers a wildcard', async ({ me, other, name }) => {
    await me.register(`${name('wild')}..get`, async ({ details }) => ({ args: [details.procedure], kwargs: {} }), { match: 'wildcard' })
    assert.deepEqual((await other.call(`${name('wild')}.7.get`, [], {}).result).args, [`${name('wild')}.7.get`])
  }),
  feature('shares a registration', async ({ me, other, name }) => {
    await me.register(name('shared'), async () => ({ args: ['me'], kwargs: {} }), { invoke: 'roundrobin' })
    await other.register(name('shared'), async () => ({ args: ['other'], kwargs: {} }), { invoke: 'roundrobin' })
    const answers = [await other.call(name('shared'), [], {}).result, await other.call(name('shared'), [], {}).result]
    assert.deepEqual(answers.map(({ args }) => args[0]).sort(), ['me', 'other'])
  }),
  feature('is told the caller with disclose_me', async ({ me, other, name }) => {
    await me.register(name('who'), async ({ details }) => ({ args: [details.caller], kwargs: {} }))
    assert.deepEqual((await other.call(name('who'), [], {}, { disclose_me: true }).result).args, [other.id])
  }),
  feature('discloses itself with disclose_me', async ({ me, other, name }) => {
    await other.register(name('who'), async ({ details }) => ({ args: [details.caller], kwargs: {} }))
    const { args } = await me.call(name('who'), [], {}, { disclose_me: true }).result
    assert.ok(me.id === undefined ? Number.isSafeInteger(args[0]) : args[0] === me.id, `the caller is ${args[0]}`)
  }),
  feature('unregisters', async ({ me, other, name }) => {
    const registration = await me.register(name('gone'), async () => ({ args: [], kwargs: {} }))
    await other.call(name('gone'), [], {}).result
    await registration.end()
    // the next request shows that the router has read the one before, also where a client does not wait for the answer
    await me.publish(name('topic'), ['x'], {}, { acknowledge: true })
    assert.equal((await failure(other.call(name('gone'), [], {}).result)).uri, 'wamp.error.no_such_procedure')
  }),
  feature('calls the meta API', async ({ me }) => {
    const { args } = await me.call('wamp.session.count', [], {}).result
    assert.ok(args[0] >= 2, `there are ${args[0]} sessions`)
  }),
  feature('gets the events of the meta API', async ({ me, other, name }) => {
    const events = await subscribed(me, 'wamp.registration.on_create')
    await other.register(name('created'), async () => ({ args: [], kwargs: {} }))
    for (;;) if ((await events.next()).args[1]?.uri === name('created')) break
  }),
  feature('passes texts, numbers and structures', async ({ me, other, name }) => {
    const values = ['ä € 🎈 \u0001', 2 ** 53 - 1, -(2 ** 31) - 1, -0.5, 1e300, true, null, [[], {}], { a: [{ b: 'c' }] }]
    await me.register(name('echo'), async ({ args }) => ({ args: [args[0]], kwargs: {} }))
    assert.deepEqual((await other.call(name('echo'), [values], {}).result).args, [values])
  }),
  feature('passes octets', async ({ me, other, name }) => {
    await other.register(name('takes'), async ({ args: [value] }) => ({
      args: [value instanceof Uint8Array && [...value].join()],
      kwargs: {},
    }))
    assert.deepEqual((await me.call(name('takes'), [new Uint8Array([0, 255, 128])], {}).result).args, ['0,255,128'])
  }),
  feature('says GOODBYE', async ({ open, other }) => {
    const left = await subscribed(other, 'wamp.session.on_leave')
    const peer = await open()
    const reason = await peer.close()
    assert.equal(typeof reason, 'string')
    await left.next()
  }),
  ...logins(),
]

function logins() {
  const ticket = { method: 'ticket', authid: 'ada', secret: 'right' }
  return [
    login('joins by ticket', ticket),
    login('joins by wampcra', { method: 'wampcra', authid: 'ada', secret: 'right' }),
    login('joins by wampcra, salted', { method: 'wampcra', authid: 'bob', secret: 'salted' }),
    login('joins by cryptosign', { method: 'cryptosign', authid: 'ada', secret: cryptosignKey, publicKey: cryptosignPublicKey }),
    login('joins by scram', { method: 'scram', authid: 'ada', secret: 'right' }),
    // the last one, because guesses slow the next login down
    feature('is refused with a wrong ticket', async ({ open }) => {
      assert.match(
        (await failure(open({ ...ticket, secret: 'wrong' }))).uri,
        /^wamp\.error\.(authentication_failed|authentication_denied|not_authorized)$/,
      )
    }),
  ]
}

function login(name, auth) {
  return feature(name, async ({ open }) => {
    const peer = await open(auth)
    const { args } = await peer.call('wamp.session.count', [], {}).result
    assert.ok(args[0] >= 1)
    // a router without logins lets everyone in, under a name of its own
    if (peer.id !== undefined) assert.equal((await peer.call('wamp.session.get', [peer.id], {}).result).args[0]?.authid, auth.authid)
    await peer.close()
  })
}

function feature(name, run) {
  return { name, run }
}

/** Subscribes, and gives the events one by one. */
async function subscribed(peer, topic, options) {
  const events = []
  let wake = () => {}
  const subscription = await peer.subscribe(
    topic,
    event => {
      events.push(event)
      wake()
    },
    options,
  )
  return {
    get waiting() {
      return events.length
    },
    next: async () => {
      while (events.length === 0)
        await new Promise(resolve => {
          wake = resolve
        })
      return events.shift()
    },
    end: () => subscription.end(),
  }
}

/** Registers a procedure that waits until it is interrupted. */
async function hanging(peer, uri) {
  let began
  let wasInterrupted
  const begun = new Promise(resolve => {
    began = resolve
  })
  const interrupted = new Promise(resolve => {
    wasInterrupted = resolve
  })
  const handler = ({ signal, onInterrupt }) =>
    new Promise((_, reject) => {
      const end = () => {
        wasInterrupted()
        reject(new PeerError('wamp.error.canceled'))
      }
      signal?.addEventListener('abort', end)
      onInterrupt?.(end)
      began()
    })
  await peer.register(uri, handler)
  return { begun, interrupted }
}

async function fails() {
  throw new PeerError('com.example.no_stock', ['x1'], { left: 0 })
}

async function failure(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it succeeded, where an error was due')
}

/** Returns values as plain objects: some libraries give objects without a prototype. */
function shown({ args, kwargs }) {
  return { args: [...args], kwargs: { ...kwargs } }
}
