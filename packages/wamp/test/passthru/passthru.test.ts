import { memoryRouter } from '@autobahn-ts/router/testing'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import type { Client } from '../../src/client/client.ts'
import { MessageType } from '../../src/messages/message-type.ts'
import { passthru } from '../../src/passthru/passthru.ts'
import type { PayloadCodec } from '../../src/passthru/payload-codec.ts'
import { WampError } from '../../src/session/wamp-error.ts'
import { joined as joinedClient } from '../../src/testing/joined.ts'
import { connected } from '../fixtures/able-router.ts'
import { joined } from '../fixtures/router-script.ts'

const { INVOCATION, ERROR, REGISTERED, RESULT, EVENT, SUBSCRIBED, CALL } = MessageType

/** Text of JSON with its octets turned over. */
const mirror: PayloadCodec = {
  scheme: 'x_mirror',
  encode: payload => ({ octets: turned(new TextEncoder().encode(JSON.stringify(payload))), serializer: 'json', keyid: 'k1' }),
  decode: octets => JSON.parse(new TextDecoder().decode(turned(octets))),
}

describe('a sealed payload', () => {
  it('reaches its receiver open, in calls, progressive results, errors and events', async () => {
    const { clock, callee, caller, seen } = await world()
    await settled(
      clock,
      callee.register<[number]>('com.example.add', ({ args: [n], details }) => [n + 1, details.ppt_scheme, details.ppt_keyid]),
    )
    await settled(
      clock,
      callee.register('com.example.fail', () => Promise.reject(new WampError('com.example.bad', [1], { a: 2 }))),
    )
    await settled(
      clock,
      callee.register('com.example.count', function* () {
        yield 1
        return 'end'
      }),
    )
    await settled(
      clock,
      callee.register<[], object, string>('com.example.upload', async ({ chunks }) => {
        let text = ''
        for await (const chunk of chunks) text += chunk
        return text
      }),
    )
    const sealed = { passthru: 'x_mirror' }
    expect(await settled(clock, caller.call('com.example.add', [1], {}, sealed))).toEqual([2, 'x_mirror', 'k1'])
    expect(await settled(clock, caller.call('com.example.add', [1]))).toEqual([2, undefined, undefined])
    await expect(settled(clock, caller.call('com.example.fail', [], {}, sealed))).rejects.toMatchObject({
      uri: 'com.example.bad',
      args: [1],
      kwargs: { a: 2 },
    })
    const counting = caller.stream('com.example.count', [], {}, sealed)
    await clock.settle()
    expect([(await counting[Symbol.asyncIterator]().next()).value, await counting.result]).toEqual([1, 'end'])
    expect(await settled(clock, caller.call('com.example.upload', [], {}, { ...sealed, chunks: ['a', 'b'] }))).toBe('ab')
    await settled(
      clock,
      callee.subscribe('com.example.tick', ({ args, kwargs }) => seen.push([args, kwargs])),
    )
    caller.publish('com.example.tick', [1], { b: 2 }, sealed)
    await clock.settle()
    expect(seen).toEqual([[[1], { b: 2 }]])
  })

  it('is one binary value on its way', async () => {
    const { session, router } = await joined({ passthru: passthru([mirror]), welcome: announced })
    session.publish('com.example.tick', { args: ['secret'], kwargs: {} }, { ppt_scheme: 'x_mirror' })
    const [, , options, , payload] = router.sent[0] as unknown as [number, number, object, string, { args: [Uint8Array]; kwargs: object }]
    expect(options).toEqual({ ppt_scheme: 'x_mirror', ppt_serializer: 'json', ppt_keyid: 'k1' })
    expect(payload.args[0]).toBeInstanceOf(Uint8Array)
    expect([payload.args.length, payload.kwargs]).toEqual([1, {}])
  })
})

describe('a payload that cannot be opened', () => {
  it.each([
    ['x_other', new Uint8Array(1), 'wamp.error.feature_not_supported'],
    ['x_mirror', new Uint8Array(1), 'wamp.error.invalid_argument'],
    ['x_mirror', 'text', 'wamp.error.invalid_argument'],
  ])('of the scheme %s is not handed on', async (scheme, value, uri) => {
    const { session, router, errors } = await joined({ passthru: passthru([mirror]), welcome: announced })
    const payload = { args: [value], kwargs: {} }
    const registering = session.register('com.example.add', {}, () => expect.unreachable())
    const subscribing = session.subscribe('com.example.tick', {}, () => expect.unreachable())
    router.says([REGISTERED, 1, 99], [SUBSCRIBED, 2, 44])
    await Promise.all([registering, subscribing])
    const calls = [session.call('a', undefined), session.call('b', undefined)]
    for (const call of calls) call.catch(() => undefined)
    router.takeSent()
    router.says([INVOCATION, 1, 99, { ppt_scheme: scheme }, payload], [EVENT, 44, 5, { ppt_scheme: scheme }, payload])
    router.says([RESULT, 3, { ppt_scheme: scheme }, payload], [ERROR, CALL, 4, { ppt_scheme: scheme }, 'com.example.bad', payload])
    expect(router.sent).toMatchObject([[ERROR, INVOCATION, 1, {}, uri, {}]])
    expect(errors).toMatchObject([1, 2].map(() => ({ error: { uri }, origin: { uri: 'passthru' } })))
    for (const call of calls) await expect(call).rejects.toMatchObject({ uri })
  })

  it('comes as it is where there is no codec at all', async () => {
    const { session, router } = await joined()
    const call = session.call('a', undefined)
    router.says([RESULT, 1, { ppt_scheme: 'x_mirror' }, { args: [new Uint8Array([1])], kwargs: {} }])
    expect(await call).toEqual(new Uint8Array([1]))
  })
})

describe('passthru', () => {
  it('is not sent to a router that has not announced it', async () => {
    const { session, router } = await joined({ passthru: passthru([mirror]) })
    await expect(session.call('a', undefined, { options: { ppt_scheme: 'x_mirror' } })).rejects.toMatchObject({
      uri: 'wamp.error.feature_not_supported',
    })
    expect(() => session.publish('a', undefined, { ppt_scheme: 'x_mirror' })).toThrow('has not announced')
    expect(router.sent).toEqual([])
  })

  it('refuses misuse', async () => {
    expect(() => passthru([{ ...mirror, scheme: 'mine' }])).toThrow(
      'the scheme of a codec must be wamp, mqtt, or begin with x_, and not be "mine"',
    )
    expect(() => passthru([mirror, mirror])).toThrow('two codecs for the scheme x_mirror')
    const { session } = await joined({ passthru: passthru([mirror]), welcome: announced })
    await expect(session.call('a', undefined, { options: { ppt_scheme: 'x_other' } })).rejects.toThrow(
      'no codec for the payload scheme x_other; there are x_mirror',
    )
    const { client } = await connected()
    await expect(client.call('a', [], {}, { passthru: 'x_mirror' })).rejects.toThrow('needs the option passthru of the client')
    expect(() => client.publish('a', [], {}, { passthru: 'x_mirror' })).toThrow('needs the option passthru of the client')
  })
})

describe('a codec', () => {
  const octets = new Uint8Array([1])
  it.each<[what: string, encode: () => unknown, message: string]>([
    ['a promise', () => Promise.resolve({ octets }), 'and not [object Promise]'],
    ['a promise that rejects', () => Promise.reject(new Error('later')), 'and not [object Promise]'],
    ['nothing', () => undefined, 'and not undefined'],
    ['octets alone', () => octets, 'and not [object Uint8Array]'],
    ['a text', () => ({ octets: 'text' }), 'encode of the codec x_mirror must return { octets: Uint8Array, … } at once'],
    ['a number for the serializer', () => ({ octets, serializer: 5 }), 'serializer of the codec x_mirror must be a string, and not 5'],
  ])('that seals into %s is misuse, and nothing is sent', async (_, encode, message) => {
    const codec = { ...mirror, encode: encode as never }
    const { session, router } = await joined({ passthru: passthru([codec]), welcome: announced })
    await expect(session.call('a', undefined, { options: { ppt_scheme: 'x_mirror' } })).rejects.toThrow(message)
    expect(router.sent).toEqual([])
  })

  it.each<[what: string, decode: () => unknown]>([
    ['a promise', () => Promise.resolve({ args: [1] })],
    ['a promise that rejects', () => Promise.reject(new Error('later'))],
    ['nothing', () => undefined],
    ['a list', () => [1]],
    ['a text for the arguments', () => ({ args: 'text' })],
    ['a list for the keywords', () => ({ kwargs: [] })],
  ])('that opens an event into %s is told to onError, and no handler is called', async (_, decode) => {
    const codec = { ...mirror, decode: decode as never }
    const { session, router, errors } = await joined({ passthru: passthru([codec]), welcome: announced })
    const seen: unknown[] = []
    const subscribing = session.subscribe('a', {}, event => seen.push(event))
    router.says([SUBSCRIBED, 1, 7])
    await subscribing
    router.says([EVENT, 7, 1, { ppt_scheme: 'x_mirror' }, { args: [octets], kwargs: {} }])
    expect(seen).toEqual([])
    expect(errors).toMatchObject([{ error: { cause: { name: 'ApiMisuse' } } }])
  })
})

const features = { payload_passthru_mode: true, call_canceling: true, progressive_call_results: true }
const announced = { roles: { dealer: { features }, broker: { features } } }

function turned(octets: Uint8Array): Uint8Array {
  return octets.map(octet => octet ^ 0xff)
}

async function world(): Promise<{ clock: FakeClock; callee: Client; caller: Client; seen: unknown[] }> {
  const clock = new FakeClock()
  const { router } = memoryRouter({ clock })
  const join = (): Promise<Client> => joinedClient({ router, clock, passthru: passthru([mirror]) })
  return { clock, callee: await join(), caller: await join(), seen: [] }
}

async function settled<Value>(clock: FakeClock, promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined)
  for (let n = 0; n < 3; n++) await clock.settle()
  return promise
}
