import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import * as http from 'node:http'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  attachWS,
  type ConnectionRequest,
  connect,
  connectWS,
  HandshakeFailed,
  listenWS,
  serve,
  WebSocketClientFactory,
  WebSocketClientProtocol,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '../../../src/index.ts'
import { diagnostics, diagnosticsChannels } from '../../../src/node/runtime/diagnostics.ts'
import { EchoFactory, type Listening, listeningTo } from '../../fixtures/echo.ts'
import { HttpServers } from '../../fixtures/http-server.ts'

const servers = new HttpServers()
afterEach(() => servers.end())

describe('diagnostics', () => {
  const subscribed: (() => void)[] = []
  afterEach(() => {
    for (const stop of subscribed.splice(0)) stop()
  })

  it('observes nothing while no channel has a subscriber', () => {
    expect(diagnostics(true)).toBeUndefined()
    expect(diagnostics(false)).toBeUndefined()
  })

  it('taps frames only where a channel of frames has a subscriber', () => {
    const messages = listen('frameReceived')
    const { tap, observer } = diagnostics(true)!
    expect(observer).toBeUndefined()
    const source = {}
    const header = { opcode: 1, isFinal: true, reserved: 0, length: 5 }
    tap?.frameReceived?.(header, source)
    tap?.frameSent?.(header, source)
    expect(messages).toEqual([{ source, isServer: true, header }])
  })

  it('counts messages only where the channel of messages has a subscriber', () => {
    listen('close')
    const { tap, observer } = diagnostics(true)!
    expect(tap).toBeUndefined()
    expect(observer).not.toHaveProperty('messageHandled')
    expect(observer).not.toHaveProperty('messageSent')
    listen('message')
    expect(diagnostics(true)!.observer).toHaveProperty('messageSent')
  })

  for (const isServer of [true, false]) {
    it(`publishes the life of a connection with its side, ${isServer ? 'of a server' : 'of a client'}`, () => {
      const names = ['request', 'refused', 'open', 'close', 'error', 'message', 'frameSent'] as const
      const messages = Object.fromEntries(names.map(name => [name, listen(name)]))
      const { tap, observer } = diagnostics(isServer)!
      const source = {}
      const info = { code: 1000, reason: '', wasClean: true, by: 'peer' } as const
      const error = new Error('in a hook')
      const header = { opcode: 2, isFinal: true, reserved: 0, length: 0 }
      const refusal = { status: 401, reason: 'refused with 401', duration: 2, error: new HandshakeFailed('refused with 401', 401) }
      observer?.requested?.(source, { path: '/' })
      observer?.refused?.(source, refusal)
      observer?.opened?.(source, 3)
      observer?.failed?.(error, source)
      observer?.messageHandled?.(source, { isBinary: true, size: 5, duration: 1 })
      observer?.messageSent?.(source, { isBinary: false, size: 6 })
      observer?.closed?.(source, info, { wasOpen: true, duration: 4 })
      tap?.frameSent?.(header, source)
      expect(messages).toEqual({
        request: [{ source, isServer, request: { path: '/' } }],
        refused: [{ source, isServer, ...refusal }],
        open: [{ source, isServer, duration: 3 }],
        close: [{ source, isServer, info, wasOpen: true, duration: 4 }],
        error: [{ source, isServer, error }],
        message: [
          { source, isServer, direction: 'received', isBinary: true, size: 5, duration: 1 },
          { source, isServer, direction: 'sent', isBinary: false, size: 6, duration: undefined },
        ],
        frameSent: [{ source, isServer, header }],
      })
    })
  }

  it('publishes what happens to a connection', async () => {
    const [opened, closed, sent, received] = [listen('open'), listen('close'), listen('frameSent'), listen('frameReceived')]
    const factory = new EchoFactory('ws://127.0.0.1:0')
    const listener = await listenWS(factory)
    const client = await connectWS<Listening>(listeningTo(listener.url))
    const [server] = factory.allConnections
    client.sendMessage('hello')
    await client.next()
    await listener.close()
    await client.closed
    const duration = expect.any(Number)
    expect(opened).toEqual(
      expect.arrayContaining([
        { source: client, isServer: false, duration },
        { source: server, isServer: true, duration },
      ]),
    )
    expect(closed).toEqual(
      expect.arrayContaining([
        { source: client, isServer: false, info: client.closeInfo, wasOpen: true, duration },
        { source: server, isServer: true, info: server?.closeInfo, wasOpen: true, duration },
      ]),
    )
    const text = { opcode: 1, isFinal: true, reserved: 0, length: 5 }
    for (const messages of [sent, received]) {
      expect(messages).toEqual(expect.arrayContaining([{ source: client, isServer: false, header: expect.objectContaining(text) }]))
    }
  })

  it('publishes every error that goes to onError, whoever finds it', async () => {
    const errors = listen('error') as { readonly error: Error; readonly source: unknown }[]
    const told: Error[] = []
    const thrown = (what: string): never => {
      throw new Error(what)
    }
    class Faulty extends WebSocketServerProtocol {
      override onConnect({ path }: ConnectionRequest): void {
        if (path === '/onConnect') thrown('onConnect')
      }
      override onMessage(): void {
        thrown('onMessage')
      }
      override onClose(): void {
        thrown('onClose')
      }
    }
    class Factory extends WebSocketServerFactory {
      #count = 0
      override buildProtocol(): WebSocketServerProtocol {
        return this.#count++ === 0 ? thrown('buildProtocol') : new Faulty()
      }
      override onError(error: Error): void {
        told.push(error)
        thrown('onError')
      }
    }
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const factory = new Factory('ws://127.0.0.1:0')
    const listener = await listenWS(factory)
    const served = await serve(
      {
        host: '127.0.0.1',
        port: 0,
        onConnect: ({ path }) => (path === '/admission' ? thrown('admission') : undefined),
        onError: error => void told.push(error),
      },
      async connection => {
        await connection.receive()
        thrown('handler')
      },
    )
    class Client extends WebSocketClientProtocol {
      override onConnect(): void {
        thrown('client onConnect')
      }
    }
    const clients = new WebSocketClientFactory(served.url, { protocol: Client })
    clients.onError = error => void told.push(error)
    const attempts = [listener.url, `${listener.url}/onConnect`, `${served.url}/admission`]
    for (const url of attempts) await expect(connect(url)).rejects.toThrow()
    await expect(connectWS(clients)).rejects.toThrow()
    for (const url of [listener.url, served.url]) {
      const connection = await connect(url)
      await connection.send('x')
      await connection.closed
    }
    await Promise.all([listener.close(), served.close()])
    printed.mockRestore()
    const expected = ['admission', 'buildProtocol', 'client onConnect', 'handler', 'onClose', 'onClose', 'onConnect', 'onMessage']
    expect(told.map(({ message }) => message).toSorted()).toEqual(expected)
    expect(errors.map(({ error }) => error)).toEqual(told)
    expect(errors.find(({ error }) => error.message === 'buildProtocol')?.source).toBe(factory)
    for (const { source } of errors) expect(source).toBeDefined()
  })

  it('publishes errors that belong to no connection, with the factory as the source', async () => {
    const errors = listen('error')
    const web = http.createServer()
    const factory = new EchoFactory()
    const error = new Error('path')
    attachWS(factory, web, {
      path: () => {
        throw error
      },
    })
    const port = await servers.start(web)
    await expect(connect(`ws://127.0.0.1:${port}`)).rejects.toMatchObject({ status: 500 })
    expect(errors).toEqual([{ source: factory, isServer: true, error }])
    expect(factory.errors).toEqual([error])
  })

  function listen(name: keyof typeof diagnosticsChannels): unknown[] {
    const messages: unknown[] = []
    const take = (message: unknown): void => {
      messages.push(message)
    }
    subscribe(diagnosticsChannels[name], take)
    subscribed.push(() => unsubscribe(diagnosticsChannels[name], take))
    return messages
  }
})
