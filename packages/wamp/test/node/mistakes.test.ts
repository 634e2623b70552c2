import { createRouter, listen, type RouterListener } from '@autobahn-ts/router'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../src/client/client.ts'
import { connect } from '../../src/node/connect.ts'
import { result } from '../../src/session/answer.ts'
import { WampError } from '../../src/session/wamp-error.ts'

const topic = 'com.example.topic'
const acknowledge = true
const now = new Date(0)
const cycle: unknown[] = []
cycle.push(cycle)
const { proxy: broken, revoke } = Proxy.revocable({}, {})
revoke()
class Point {
  x = 1
}

/** Values that are not dictionaries, although some of them are objects. */
const notPlain: Readonly<Record<string, unknown>> = {
  null: null,
  'a number': 5,
  'a text': 'x',
  'a list': [1],
  'a function': () => 1,
  'a date': now,
  'a map': new Map([['a', 1]]),
  'a promise': Promise.resolve({ a: 1 }),
  octets: new Uint8Array(3),
  'an object of a class': new Point(),
}
/** Values that WAMP cannot express. */
const unsendable: Readonly<Record<string, unknown>> = {
  'a function': () => 1,
  'a symbol': Symbol('x'),
  NaN: Number.NaN,
  'an integer of 128 bits': 10n ** 40n,
  'a date': now,
  'a list in itself': cycle,
  'a text that looks like binary data': '\0x',
  'half of a surrogate pair': '\ud800',
}
const notIds = { 'half a number': [1.5], 'a negative number': [-1], zero: [0], 'a text': ['1'], null: [null], 'a list': [[1]] }
const notSessions = {
  'an empty object': [{}],
  null: [null],
  'a list': [[1]],
  'a text for an id': [{ session: 'x', authid: 'a', authrole: 'b' }],
}

describe('a mistake of the application rejects its own request, and the session goes on', () => {
  let listener: RouterListener
  let client: Client
  let errors: unknown[] = []

  beforeAll(async () => {
    listener = await listen(createRouter(), { port: 0 })
    client = await connect(listener.urls.webSocket!, { realm: 'realm1', reconnect: false, onError: error => errors.push(error) })
    await client.register('com.example.echo', ({ args }) => args[0])
  })
  afterAll(async () => {
    await client.close()
    await listener.close()
  })

  function refuses(what: string, act: () => unknown): void {
    it(what, async () => {
      const { session } = client
      await expect((async () => act())()).rejects.toMatchObject({ name: 'ApiMisuse' })
      await expect(client.call('com.example.echo', ['still there'])).resolves.toBe('still there')
      expect(client.session).toBe(session)
    })
  }

  for (const [name, value] of Object.entries(notPlain)) {
    const kwargs = value as never
    refuses(`keywords that are ${name}: call`, () => client.call('com.example.echo', [], kwargs))
    refuses(`keywords that are ${name}: publish`, () => client.publish(topic, [], kwargs))
    refuses(`keywords that are ${name}: an acknowledged publish`, () => client.publish(topic, [], kwargs, { acknowledge }))
    refuses(`keywords that are ${name}: a result`, () => result([], kwargs))
    refuses(`keywords that are ${name}: an error`, () => new WampError('com.example.error', [], kwargs))
    if (name === 'a list') continue
    refuses(`positional values that are ${name}: an error`, () => new WampError('com.example.error', kwargs))
    refuses(`positional values that are ${name}: a result`, () => result(kwargs))
  }
  for (const [name, value] of Object.entries({
    ...notPlain,
    'an empty text': '',
    'inherited options': Object.create({ match: 'exact', discloseMe: true }),
  })) {
    if (name === 'an object of a class') continue
    const options = value as never
    refuses(`options that are ${name}: call`, () => client.call('com.example.echo', [], {}, options))
    refuses(`options that are ${name}: publish`, () => client.publish(topic, [], {}, options))
    refuses(`options that are ${name}: subscribe`, () => client.subscribe(topic, () => undefined, options))
    refuses(`options that are ${name}: register`, () => client.register('com.example.other', () => undefined, options))
    refuses(`options that are ${name}: events`, () => client.events(topic, options))
  }
  for (const [name, value] of Object.entries(notIds)) {
    refuses(`sessions that are ${name}: exclude`, () => client.publish(topic, [], {}, { acknowledge, exclude: value as never }))
    refuses(`sessions that are ${name}: eligible`, () => client.publish(topic, [], {}, { acknowledge, eligible: value as never }))
  }
  for (const [name, value] of Object.entries(notSessions)) {
    refuses(`a way that is ${name}: publish`, () => client.publish(topic, [], {}, { acknowledge, forwardFor: value as never }))
    refuses(`a way that is ${name}: call`, () => client.call('com.example.echo', [], {}, { forwardFor: value as never }))
  }
  for (const [name, value] of Object.entries(unsendable)) {
    refuses(`a value that is ${name}: call`, () => client.call('com.example.echo', [value]))
    refuses(`a value that is ${name}: publish`, () => client.publish(topic, [{ value }], {}, { acknowledge }))
    refuses(`a keyword that is ${name}: call`, () => client.call('com.example.echo', [], { value }))
  }
  refuses('a message of close that is a number', () => client.close('com.example.reason', 5 as never))

  it('a timeout of one and a half milliseconds more is sent as whole ones', async () => {
    await expect(client.call('com.example.echo', [1], {}, { timeout: 60_000.5 })).resolves.toBe(1)
  })

  const handlers: Readonly<Record<string, () => unknown>> = {
    'throws an error whose URI is a number': () => {
      throw new WampError(5 as never)
    },
    'throws an error whose URI is not one': () => {
      throw new WampError('not a URI')
    },
    'throws an error with values that cannot be sent': () => {
      throw new WampError('com.example.error', [now])
    },
    'throws a value that cannot be looked at': () => {
      throw broken
    },
    'returns a value that cannot be looked at': () => broken,
    'returns a list in itself': () => cycle,
    'returns a promise of a function': async () => () => 1,
  }
  for (const [name, handler] of Object.entries(handlers)) {
    it(`a handler that ${name} is told to onError, and its caller gets a general error`, async () => {
      errors = []
      const { session } = client
      const registration = await client.register('com.example.wrong', handler)
      await expect(client.call('com.example.wrong')).rejects.toMatchObject({ uri: 'wamp.error.runtime_error' })
      await registration.unregister()
      expect(client.session).toBe(session)
      expect(errors.length).toBeGreaterThan(0)
    })
  }
})
