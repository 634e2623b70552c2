import { describe, expect, it } from 'vitest'
import { methodOf } from '../../src/v1/wamp-protocol.ts'
import { Link, TestClientFactory, welcome } from '../fixtures/link.ts'

describe('CURIEs of a protocol', () => {
  it('are those of its session', async () => {
    const [client, peer] = await new Link().connect(new TestClientFactory())
    await peer.say(welcome)
    client.prefix('e', 'http://e/')
    expect([client.shrink('http://e/x'), client.resolve('e:x'), client.resolve('f:x'), client.resolveOrPass('f:x')]).toEqual([
      'e:x',
      'http://e/x',
      undefined,
      'f:x',
    ])
  })
})

describe('methodOf', () => {
  it('finds a method by its name, also one that is inherited', () => {
    class Base {
      method(): number {
        return 1
      }
    }
    class Derived extends Base {}
    expect(methodOf(new Derived(), 'method')).toBe(Base.prototype.method)
    expect(methodOf({}, Base.prototype.method)).toBe(Base.prototype.method)
  })
})
