import { describe, expect, it } from 'vitest'
import { WebSocketServerFactory } from '../../src/application/server-factory.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import { listenInMemory } from '../../src/testing/in-memory.ts'
import { Echo, EchoFactory, listeningTo } from '../fixtures/echo.ts'

describe('a listener in memory', () => {
  it('serves several clients, and counts them', async () => {
    const listener = listenInMemory(new EchoFactory())
    const [one, other] = [listener.connect(listeningTo('ws://test/')), listener.connect('ws://test/')]
    expect(listener.connectionCount).toBe(2)
    await other.client.send('hello')
    await listener.clock.settle()
    expect(await other.client.receive()).toBe('hello')
    one.client.sendClose(1000)
    await listener.clock.settle(2000)
    expect(listener.connectionCount).toBe(1)
  })

  it('sends 1001 when it is closed, and drops at the deadline those that do not answer', async () => {
    const listener = listenInMemory(new WebSocketServerFactory(undefined, { protocol: Echo, closeHandshakeTimeout: 0 }))
    const { client } = listener.connect(listeningTo('ws://test/'))
    const { peer } = listener.connectRaw()
    peer.request()
    const undecided = listener.connectRaw()
    let isClosed = false
    const closing = listener.close({ timeout: 60 }).then(() => {
      isClosed = true
    })
    await listener.clock.settle(59_999)
    expect(client.closeInfo).toMatchObject({ code: 1001, wasClean: true })
    expect(peer.frames.map(String)).toEqual(['close 1001'])
    expect(undecided.peer.hasEnded).toBe(true)
    expect({ isClosed, count: listener.connectionCount }).toEqual({ isClosed: false, count: 1 })
    await listener.clock.settle(1)
    await closing
    expect({ isClosed, count: listener.connectionCount }).toEqual({ isClosed: true, count: 0 })
    expect(() => listener.connect('ws://test/')).toThrow('the listener is closed')
    await listener.close()
  })

  it('sends the code and the reason that it is given', async () => {
    const listener = listenInMemory(new EchoFactory())
    const { client } = listener.connect(listeningTo('ws://test/'))
    const closing = listener.close({ code: 1012, reason: 'back soon' })
    await listener.clock.settle(2000)
    await closing
    expect(client.closeInfo).toMatchObject({ code: 1012, reason: 'back soon' })
    expect(listener.clock.pending).toBe(0)
  })

  it('shows the server the transport that the test wants', () => {
    const transport = { peer: { address: '203.0.113.7', port: 1234 }, isSecure: true }
    const { server } = listenInMemory(new EchoFactory(), { transport }).connect('ws://test/')
    expect(server.transport).toMatchObject(transport)
  })

  it('uses the runtime of the test', () => {
    const runtime = fakeRuntime({ seed: 7 })
    const listener = listenInMemory(new EchoFactory(), { runtime })
    expect(listener.runtime).toBe(runtime)
    expect(listener.clock).toBe(runtime.clock)
  })

  it('throws where the factory has dropped the transport', () => {
    const factory = new EchoFactory()
    factory.buildProtocol = () => {
      throw new Error('no')
    }
    expect(() => listenInMemory(factory).connect('ws://test/')).toThrow("the server's factory has dropped the transport")
    expect(factory.errors.map(({ message }) => message)).toEqual(['no'])
  })
})
