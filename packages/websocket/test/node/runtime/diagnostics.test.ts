import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import * as http from 'node:http'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  attachWS,
  type ConnectionRequest,
  connect,
  connectWS,
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

  it('asks for nothing while nobody listens', () => {
    expect(diagnostics()).toBeUndefined()
  })

  it('taps frames only where somebody listens to frames', () => {
    const messages = listen('frameReceived')
    const { tap, observer } = diagnostics()!
    expect(observer).toBeUndefined()
    const source = {}
    const header = { opcode: 1, isFinal: true, reserved: 0, length: 5 }
    tap?.frameReceived?.(header, source)
    tap?.frameSent?.(header, source)
    expect(messages).toEqual([{ source, header }])
  })

  it('publishes the life of a connection', () => {
    const messages = [listen('open'), listen('close'), listen('error'), listen('frameSent')]
    const { tap, observer } = diagnostics()!
    const source = {}
    const info = { code: 1000, reason: '', wasClean: true, by: 'peer' } as const
    const error = new Error('in a hook')
    const header = { opcode: 2, isFinal: true, reserved: 0, length: 0 }
    observer?.opened?.(source)
    observer?.failed?.(error, source)
    observer?.closed?.(source, info)
    tap?.frameSent?.(header, source)
    expect(messages).toEqual([[{ source }], [{ source, info }], [{ source, error }], [{ source, header }]])
  })

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
    expect(opened).toEqual(expect.arrayContaining([{ source: client }, { source: server }]))
    expect(closed).toEqual(
      expect.arrayContaining([
        { source: client, info: client.closeInfo },
        { source: server, info: server?.closeInfo },
      ]),
    )
    const text = { opcode: 1, isFinal: true, reserved: 0, length: 5 }
    for (const messages of [sent, received]) {
      expect(messages).toEqual(expect.arrayContaining([{ source: client, header: expect.objectContaining(text) }]))
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
    expect(errors).toEqual([{ source: factory, error }])
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
