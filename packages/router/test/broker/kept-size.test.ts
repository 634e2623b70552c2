import { CborSerializer, JsonSerializer, MsgpackSerializer, payloadOf } from '@autobahn-ts/wamp/protocol'
import { expect, it } from 'vitest'
import { keptSize } from '../../src/broker/kept-size.ts'

const empty = { topic: '', options: {}, payload: undefined }

it('counts the topic, the options and the payload', () => {
  const bare = keptSize(empty)
  expect(keptSize({ ...empty, topic: 'com.a' })).toBe(bare + 5)
  expect(keptSize({ ...empty, options: { eligible: Array(1000).fill(1) } })).toBeGreaterThan(bare + 8000)
  expect(keptSize({ ...empty, payload: payloadOf(['x'.repeat(1000)]) })).toBeGreaterThan(bare + 1000)
  expect(keptSize({ ...empty, payload: payloadOf([new Uint8Array(1000)]) })).toBeGreaterThan(bare + 1000)
  expect(keptSize({ ...empty, payload: payloadOf([], { key: [null, true, { inner: 'x'.repeat(1000) }] }) })).toBeGreaterThan(bare + 1000)
})

it.each([new JsonSerializer(), new MsgpackSerializer(), new CborSerializer()])(
  'counts a payload that has arrived by what it keeps: $name',
  serializer => {
    const message = serializer.decode(serializer.encode([16, 1, {}, 'com.a', payloadOf(['x'.repeat(1000)])]))
    const payload = message[0] === 16 ? message[4] : undefined
    expect(keptSize({ ...empty, payload })).toBeGreaterThan(keptSize(empty) + 1000)
  },
)

it('does not open a payload that it counts', () => {
  const message = new JsonSerializer().decode('[16, 1, {}, "com.a", [1, 2, 3]]')
  const payload = message[0] === 16 ? message[4]! : undefined
  const args = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(payload), 'args')!
  let opened = 0
  Object.defineProperty(payload, 'args', {
    get: () => {
      opened++
      return args.get!.call(payload)
    },
  })
  keptSize({ ...empty, payload })
  expect(opened).toBe(0)
})
