import { describe, expect, it } from 'vitest'
import { WebSocketServerFactory } from '../../src/application/server-factory.ts'
import { createHandlers, type HandlersOptions, optionsAndRoutes } from '../../src/conversation/create-handlers.ts'
import type { ServerConnection } from '../../src/conversation/server-connection.ts'
import { ApiMisuse } from '../../src/protocol/faults/errors.ts'
import { MemoryLink, masked } from '../application/memory-link.ts'
import { raisesNothingUnhandled } from './talk.ts'

raisesNothingUnhandled()

describe('createHandlers', () => {
  it('makes a factory that accepts streams and serves by path', async () => {
    const factory = createHandlers({
      '/echo/:times': async ws => {
        for await (const message of ws) await ws.send(`${message}`.repeat(Number(ws.pathParams.times)))
      },
    })
    expect(factory).toBeInstanceOf(WebSocketServerFactory)
    const [peer] = new MemoryLink().serve(factory)
    await peer.open('/echo/3')
    peer.write(masked(0x81, 'a'))
    await peer.frame('text aaa')
    const [refused] = new MemoryLink().serve(factory)
    await refused.open('/other')
    expect(refused.text).toContain('404 nothing is served at this path')
  })

  it('answers 400 for a parameter whose escapes are not UTF-8, and the server is not told', async () => {
    const errors: Error[] = []
    const factory = createHandlers({ onError: error => errors.push(error) }, { '/room/:id': ws => ws.closed })
    const [peer] = new MemoryLink().serve(factory)
    await peer.open('/room/%ff')
    expect(peer.text).toContain('400 path parameter id is not percent-encoded UTF-8')
    expect(errors).toEqual([])
  })

  it('takes all options of a server factory but its class, and refuses others', () => {
    const factory = createHandlers({ url: 'ws://localhost:9000', protocols: ['a'], maxConnections: 5 }, ws => ws.closed)
    expect({ url: factory.url, protocols: factory.protocols, maxConnections: factory.options.maxConnections }).toEqual({
      url: 'ws://localhost:9000',
      protocols: ['a'],
      maxConnections: 5,
    })
    expect(createHandlers({ server: '' }, ws => ws.closed)).toBeInstanceOf(WebSocketServerFactory)
    expect(createHandlers({ server: undefined }, ws => ws.closed)).toBeInstanceOf(WebSocketServerFactory)
    const made = (options: unknown) => () => createHandlers(options as HandlersOptions, ws => ws.closed)
    expect(made({ onconnect: () => {} })).toThrow('there is no option onconnect of createHandlers; did you mean onConnect?')
    expect(made({ onConnect: 5 })).toThrow('option onConnect must be a function, and not 5')
    expect(made({ protocol: class {} })).toThrow(ApiMisuse)
    expect(made(null)).toThrow(ApiMisuse)
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(made(proxy)).toThrow(ApiMisuse)
    expect(made({ server: {} })).toThrow(
      'option server must be the text of the header Server (attach serves on an HTTP server), and not [object Object]',
    )
    expect(() => createHandlers({})).toThrow('createHandlers needs at least one route')
    expect(() => createHandlers(undefined as never)).toThrow('createHandlers needs a handler, or handlers by path')
  })

  it('takes options before the routes and behind them', () => {
    const routes = { '/a': (ws: ServerConnection) => ws.closed }
    for (const factory of [createHandlers({ protocols: ['a'] }, routes), createHandlers(routes, { protocols: ['a'] })]) {
      expect(factory.protocols).toEqual(['a'])
    }
  })
})

describe('optionsAndRoutes', () => {
  const routes = { '*': () => undefined }
  const handler = (): void => undefined
  const options = { protocols: ['a'] }

  it.each([
    ['routes alone', routes, undefined, { options: undefined, routes }],
    ['a handler alone', handler, undefined, { options: undefined, routes: handler }],
    ['options first', options, routes, { options, routes }],
    ['options behind', routes, options, { options, routes }],
    ['options behind a handler', handler, {}, { options: {}, routes: handler }],
    ['no options', {}, routes, { options: {}, routes }],
    ['no options before a handler', undefined, handler, { options: undefined, routes: handler }],
    ['options that are wrong', 5, routes, { options: 5, routes }],
  ])('tells them apart: %s', (_, first, second, expected) => {
    expect(optionsAndRoutes(first, second)).toEqual(expected)
  })
})
