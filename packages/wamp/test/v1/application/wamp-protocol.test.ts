import { describe, expect, it } from 'vitest'
import { exportRpc } from '../../../src/v1/application/exported.ts'
import { Link, TestClientFactory, welcome } from '../../fixtures/link.ts'

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

describe('registerForRpc', () => {
  class Service {
    readonly factor = 3

    @exportRpc
    multiply(x: number): number {
      return this.factor * x
    }

    @exportRpc('id')
    other(): number {
      return this.factor
    }
  }

  it('offers the decorated methods of an object, under a base URI and their ids, and calls them on it', async () => {
    const [client, peer] = await new Link().connect(new TestClientFactory())
    await peer.say(welcome)
    client.registerForRpc(new Service(), 'base#')
    await peer.say([2, 'a', 'base#multiply', 2], [2, 'b', 'base#id'])
    expect(peer.heard()).toEqual([
      [3, 'a', 6],
      [3, 'b', 3],
    ])
  })

  it('offers those of them that are named', async () => {
    const [client] = await new Link().connect(new TestClientFactory())
    client.registerForRpc(new Service(), '', ['other'])
    expect({ id: client.procForUri('id'), multiply: client.procForUri('multiply') }).toEqual({
      id: expect.objectContaining({ uri: 'id' }),
      multiply: undefined,
    })
    expect(() => client.registerForRpc(new Service(), '', ['factor'])).toThrow('the object has no method factor with @exportRpc')
    expect(() => client.registerForRpc({})).toThrow('the object has no method with @exportRpc')
  })
})
