import assert from 'node:assert/strict'
import { result, WampError } from '../../packages/wamp/dist/node/index.js'

const disclosed = { discloseMe: true }

/**
 * The features of a link between our router and another one, in the order of the record. `run` gets a client `here`, at our router, and one `there`, and
 * `name(word)`, which makes a URI for this feature.
 */
export const linkFeatures = [
  ...bothWays('events', async ({ from, to, name }) => {
    const events = await forwarded(from, to, name('topic'))
    from.publish(name('topic'), [1, 'two'], { three: 3 }, disclosed)
    const { args, kwargs } = await events.next()
    assert.deepEqual([args, { ...kwargs }], [[1, 'two'], { three: 3 }])
  }),
  ...bothWays('events in their order', async ({ from, to, name }) => {
    const events = await forwarded(from, to, name('topic'))
    const numbers = Array.from({ length: 200 }, (_, n) => n)
    for (const n of numbers) from.publish(name('topic'), [n], {}, disclosed)
    const got = []
    while (got.length < numbers.length) got.push((await events.next()).args[0])
    assert.deepEqual(got, numbers)
  }),
  ...bothWays('the publisher of an event', async ({ from, to, name }) => {
    const events = await forwarded(from, to, name('topic'))
    from.publish(name('topic'), [], {}, disclosed)
    assert.equal((await events.next()).details.publisher, from.session.id)
  }),
  ...bothWays('events of publishers who do not disclose themselves', async ({ from, to, name }) => {
    const events = await forwarded(from, to, name('topic'))
    from.publish(name('topic'), ['silent'])
    assert.deepEqual((await events.next()).args, ['silent'])
  }),
  ...bothWays('octets and large numbers', async ({ from, to, name }) => {
    const events = await forwarded(from, to, name('topic'))
    from.publish(name('topic'), [new Uint8Array([0, 255]), 2 ** 53 - 1], {}, disclosed)
    const { args } = await events.next()
    assert.deepEqual([[...args[0]], args[1]], [[0, 255], 2 ** 53 - 1])
  }),
  ...bothWays('calls', async ({ from, to, name }) => {
    await to.register(name('echo'), ({ args, kwargs }) => result(args, kwargs))
    const { args, kwargs } = await answered(() => from.callResult(name('echo'), [1, 'two'], { three: 3 }, disclosed))
    assert.deepEqual([args, { ...kwargs }], [[1, 'two'], { three: 3 }])
  }),
  ...bothWays('the caller of a procedure', async ({ from, to, name }) => {
    await to.register(name('who'), ({ details }) => details.caller)
    assert.equal(await answered(() => from.call(name('who'), [], {}, disclosed)), from.session.id)
  }),
  ...bothWays('calls of those who do not disclose themselves', async ({ from, to, name }) => {
    await to.register(name('one'), () => 1)
    assert.equal(await answered(() => from.call(name('one'))), 1)
  }),
  ...bothWays('errors with their values', async ({ from, to, name }) => {
    await to.register(name('fails'), () => {
      throw new WampError('com.example.no_stock', ['x1'], { left: 0 })
    })
    const error = await failure(answered(() => from.call(name('fails'), [], {}, disclosed)))
    assert.deepEqual([error.uri, error.args, { ...error.kwargs }], ['com.example.no_stock', ['x1'], { left: 0 }])
  }),
  ...bothWays('progressive results', async ({ from, to, name }) => {
    await to.register(name('counts'), async function* () {
      yield 1
      yield 2
      return 3
    })
    const seen = []
    const last = await answered(() => from.call(name('counts'), [], {}, { ...disclosed, onProgress: value => seen.push(value) }))
    assert.deepEqual([seen, last], [[1, 2], 3])
  }),
  ...bothWays('cancelling', async ({ from, to, name }) => {
    let begin
    const begun = new Promise(resolve => {
      begin = resolve
    })
    let stop
    const stopped = new Promise(resolve => {
      stop = resolve
    })
    await to.register(name('hangs'), ({ signal }) => {
      begin()
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          stop()
          reject(signal.reason)
        })
      })
    })
    const abort = new AbortController()
    const failed = failure(answered(() => from.call(name('hangs'), [], {}, { ...disclosed, signal: abort.signal })))
    await begun
    abort.abort()
    await stopped
    await failed
  }),
  ...bothWays('the answer that nobody has a procedure', async ({ from, name }) => {
    assert.equal((await failure(from.call(name('nothing')))).uri, 'wamp.error.no_such_procedure')
  }),
]

function bothWays(name, run) {
  return [
    { name: `${name}, to the other router`, run: ({ here, there, name: uri }) => run({ from: here, to: there, name: uri }) },
    { name: `${name}, to ours`, run: ({ here, there, name: uri }) => run({ from: there, to: here, name: uri }) },
  ]
}

/** Subscribes to a topic, and waits until the link forwards it: a link that mirrors subscriptions needs a moment. Gives the events after that. */
async function forwarded(from, to, topic) {
  const events = []
  let wake = () => {}
  await to.subscribe(topic, event => {
    events.push(event)
    wake()
  })
  const next = async () => {
    while (events.length === 0)
      await new Promise(resolve => {
        wake = resolve
      })
    return events.shift()
  }
  const knocking = setInterval(() => from.publish(topic, ['knock'], {}, disclosed), 100)
  await next()
  clearInterval(knocking)
  // knocks that were on their way are over when this one has come
  from.publish(topic, ['last knock'], {}, disclosed)
  while ((await next()).args[0] !== 'last knock');
  return { next }
}

/** Calls until the link knows the procedure. */
async function answered(call) {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (error.uri !== 'wamp.error.no_such_procedure') throw error
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }
}

async function failure(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it succeeded, where an error was due')
}
