import { describe, expect, it } from 'vitest'
import { WampServerProtocol } from '../../../src/v1/application/server-protocol.ts'
import { RpcError } from '../../../src/v1/rpc/rpc-error.ts'
import { Link, type RawServer, TestClient, TestClientFactory, TestServerFactory, welcome } from '../../fixtures/link.ts'

describe('call', () => {
  it('gives the result', async () => {
    const { client, peer } = await connect()
    const answer = client.call<number>('http://e/add', 1, 2)
    await peer.say([3, '1', 3])
    expect(await answer).toBe(3)
  })

  it('rejects with the error of the peer, its URI expanded', async () => {
    const { client, peer } = await connect()
    client.prefix('e', 'http://e/')
    const answer = client.call('e:add')
    const rejected = expect(answer).rejects.toMatchObject({ name: 'RpcError', uri: 'http://e/bad', description: 'bad', details: { a: 1 } })
    await peer.say([4, '1', 'e:bad', 'bad', { a: 1 }])
    await rejected
  })

  it('accepts an error without a URI', async () => {
    const { client, peer } = await connect()
    const rejected = expect(client.call('u')).rejects.toMatchObject({ uri: 'http://api.wamp.ws/error#generic' })
    await peer.say([4, '1', '', 'bad'])
    await rejected
  })

  it('rejects a call that could never be sent', async () => {
    const { client } = await connect()
    const cycle: unknown[] = []
    cycle.push(cycle)
    await expect(client.call('')).rejects.toThrow('the URI of a call must be a non-empty string, and not ""')
    await expect(client.call(7 as never)).rejects.toThrow(/URI of a call/)
    await expect(client.call('u', cycle)).rejects.toThrow(/arguments of a call must be serialisable/)
    await expect(client.call('u', 1n)).rejects.toThrow(/arguments of a call must be serialisable/)
    await expect(client.callWith({ timeout: -1 }, 'u')).rejects.toThrow(
      'option timeout must be a number of seconds from 0 to 2,000,000, and not -1',
    )
    expect(client.pendingCalls).toBe(0)
  })

  it('rejects when the connection is lost, whatever the application overrides', async () => {
    class Careless extends TestClient {
      override onClose(): void {}
      override onOpen(): void {}
    }
    const { client, peer } = await connect(new TestClientFactory(Careless))
    const answer = client.call('u')
    peer.dropConnection({ abort: true })
    await expect(settled(client, answer, peer)).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 1006 })
    expect(client.pendingCalls).toBe(0)
  })

  it('rejects at once on a connection that is closing or closed', async () => {
    const { client, peer } = await connect()
    client.sendClose(1000)
    await expect(client.call('u')).rejects.toThrow('the connection is closing; the call was not sent')
    await peer.link?.advance(5000)
    await expect(client.call('u')).rejects.toThrow('the connection is closing; the call was not sent')
  })

  it('has default options where none are given', async () => {
    const { client, peer } = await connect()
    const answer = client.callWith(undefined as never, 'u')
    await peer.say([3, '1', 'done'])
    expect(await answer).toBe('done')
  })

  it('rejects before the connection is open', async () => {
    await expect(new TestClient().call('u')).rejects.toThrow(/not connected/)
  })

  it('gives up after its timeout, and ignores the late answer', async () => {
    const { client, peer } = await connect()
    const answer = client.callWith({ timeout: 3 }, 'u')
    const rejected = expect(answer).rejects.toMatchObject({ name: 'CallTimedOut', message: 'no answer within 3 s' })
    await peer.link?.advance(3000)
    await rejected
    await peer.say([3, '1', 'late'])
    expect(client.isOpen).toBe(true)
  })

  it('has the timeout of the factory unless it says otherwise', async () => {
    const { client, peer } = await connect(new TestClientFactory(TestClient, { wamp: { callTimeout: 2 } }))
    const byDefault = client.call('u').catch((error: Error) => error.message)
    const endless = client.callWith({ timeout: 0 }, 'u')
    await peer.link?.advance(2000)
    expect(await byDefault).toBe('no answer within 2 s')
    await peer.say([3, '2', 1])
    expect(await endless).toBe(1)
  })

  it('gives up by a signal', async () => {
    const { client } = await connect()
    const controller = new AbortController()
    const answer = client.callWith({ signal: controller.signal }, 'u')
    controller.abort(new Error('enough'))
    await expect(answer).rejects.toThrow('enough')
    await expect(client.callWith({ signal: controller.signal }, 'u')).rejects.toThrow('enough')
    expect(client.pendingCalls).toBe(0)
  })

  it('is limited', async () => {
    const { client } = await connect(new TestClientFactory(TestClient, { wamp: { maxOutgoingCalls: 1 } }))
    client.call('u').catch(() => undefined)
    await expect(client.call('u')).rejects.toMatchObject({ uri: 'http://api.wamp.ws/error#too-many-calls' })
  })
})

describe('symmetric calls', () => {
  it('go both ways at once, one within the other', async () => {
    class Server extends WampServerProtocol {
      override onSessionOpen(): void {
        this.registerProcedureForRpc('twice', async (x: number) => (await this.call<number>('double', x)) + 1)
        this.registerProcedureForRpc('fails', () => this.call('no'))
      }
    }
    class Client extends TestClient {
      override onSessionOpen(): void {
        this.registerProcedureForRpc('double', (x: number) => 2 * x)
        this.registerProcedureForRpc('no', () => {
          throw new RpcError('http://e/no', 'no', [1])
        })
      }
    }
    const link = new Link()
    const [client] = await link.join(new TestClientFactory(Client), new TestServerFactory(Server))
    const answers = Promise.allSettled([client.call('twice', 20), client.call('fails')])
    await link.settle()
    expect(await answers).toMatchObject([
      { status: 'fulfilled', value: 41 },
      { status: 'rejected', reason: { uri: 'http://e/no', description: 'no', details: [1] } },
    ])
  })
})

async function connect(factory = new TestClientFactory()): Promise<{ client: TestClient; peer: RawServer }> {
  const [client, peer] = await new Link().connect<TestClient>(factory)
  await peer.say(welcome)
  return { client, peer }
}

/** The answer, once everything has happened. */
async function settled(client: TestClient, answer: Promise<unknown>, peer: RawServer): Promise<unknown> {
  const outcome = answer.then(
    value => () => value,
    error => () => {
      throw error
    },
  )
  await peer.link?.settle()
  expect(client.isOpen).toBe(false)
  return (await outcome)()
}
