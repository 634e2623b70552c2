import { describe, expect, it } from 'vitest'
import type { Handler, Routes } from '../../src/conversation/route.ts'
import { route } from '../../src/conversation/route.ts'
import { type ServedRoute, ServedRoutes } from '../../src/conversation/served-routes.ts'
import type { ConnectionAccept, ConnectionRequest } from '../../src/handshake/connection-request.ts'
import { HttpException } from '../../src/handshake/http/http-exception.ts'
import { ApiMisuse } from '../../src/protocol/faults/errors.ts'

const handler: Handler = ws => ws.closed
const requestWith = (path: string, ...protocols: string[]): ConnectionRequest =>
  ({ path, protocols }) as Partial<ConnectionRequest> as ConnectionRequest

describe('ServedRoutes', () => {
  it('refuses routes that could never be reached or called, and names the function that got them', () => {
    const made = (routes: unknown): unknown => new ServedRoutes(routes as Routes, undefined, 'attach')
    expect(() => made(undefined)).toThrow('attach needs a handler, or handlers by path')
    expect(() => made({})).toThrow('attach needs at least one route: a handler, or handlers by path')
    expect(() => made({ '/a': null })).toThrow('the handler of route /a must be a function, and not null')
    expect(() => made({ '/a': {} })).toThrow('route /a has no handler')
    expect(() => made({ '/a': { handler: 5 } })).toThrow('option handler must be a function, and not 5')
    expect(() => made({ '/a': { handler, onConect: () => {} } })).toThrow(
      'there is no option onConect of route /a; did you mean onConnect?',
    )
    expect(() => made({ '/a': { handler, protocols: 'chat' } })).toThrow('protocols must be a list of subprotocols')
    expect(() => made({ '/a': { handler, protocols: ['a b'] } })).toThrow(ApiMisuse)
    expect(() => made({ '/a/:x': handler, '/a/:y': handler })).toThrow('routes /a/:x and /a/:y match the same paths')
  })

  it('finds one handler for every path', () => {
    expect(new ServedRoutes(handler, undefined, 'serve').find('/a/b')?.handler).toBe(handler)
  })

  it('finds the handler of a path, written alone or with options', () => {
    const other: Handler = () => undefined
    const routes = new ServedRoutes({ '/a': handler, '/b/:x': { handler: other } }, undefined, 'serve')
    expect([routes.find('/a')?.handler, routes.find('/b/c')?.handler, routes.find('/b')]).toEqual([handler, other, undefined])
  })
})

describe('ServedRoute', () => {
  it('accepts without onConnect, with the first subprotocol of the client that the server has', () => {
    const plain = only({ '/a': handler })
    expect(plain.admit(requestWith('/a', 'x', 'b', 'a'), ['a', 'b'])).toBe('b')
    expect(plain.admit(requestWith('/a', 'x'), ['a', 'b'])).toBeUndefined()
  })

  it('has its own subprotocols in place of those of the server', () => {
    const own = only({ '/a': { handler, protocols: ['own'] } })
    expect(own.admit(requestWith('/a', 'server', 'own'), ['server'])).toBe('own')
    const none = only({ '/a': { handler, protocols: [] } })
    expect(none.admit(requestWith('/a', 'server'), ['server'])).toBeUndefined()
  })

  it('asks onConnect of the server, with the parameters of the path', () => {
    const asked: unknown[] = []
    const onConnect = (...given: unknown[]): ConnectionAccept => void asked.push(given)
    const request = requestWith('/room/a%20b')
    expect(only({ '/room/:id': handler }, onConnect).admit(request, [])).toBeUndefined()
    expect(asked).toEqual([[request, { id: 'a b' }]])
  })

  it('asks its own onConnect, and not that of the server', () => {
    const own = only({ '/a': route({ handler, onConnect: () => ({ data: 'own' }) }) }, () => ({ data: 'server' }))
    expect(own.admit(requestWith('/a'), [])).toEqual({ data: 'own' })
  })

  it.each([
    ['nothing', undefined, { protocol: 'a', headers: undefined, data: undefined }],
    ['data', { data: 1 }, { protocol: 'a', headers: undefined, data: 1 }],
    ['headers', { headers: { x: 'y' } }, { protocol: 'a', headers: { x: 'y' }, data: undefined }],
    ['another subprotocol', 'b', { protocol: 'b', headers: undefined, data: undefined }],
    ['another subprotocol in an object', { protocol: 'b' }, { protocol: 'b', headers: undefined, data: undefined }],
  ] as [string, ConnectionAccept, object][])(
    'chooses a subprotocol where onConnect has named none: it returned %s',
    async (_, answer, accepted) => {
      const request = requestWith('/a', 'a', 'b')
      expect(only({ '/a': handler }, () => answer).admit(request, ['a', 'b'])).toEqual(accepted)
      expect(await only({ '/a': handler }, async () => answer).admit(request, ['a', 'b'])).toEqual(accepted)
    },
  )

  it('does not turn into an acceptance what is none', async () => {
    const request = requestWith('/a', 'a')
    for (const wrong of [false, new HttpException(403, 'no'), { status: 403 }, 'c']) {
      const served = only({ '/a': handler }, () => wrong as ConnectionAccept)
      expect(() => served.admit(request, ['a'])).toThrow()
      const later = only({ '/a': handler }, async () => wrong as ConnectionAccept)
      await expect(later.admit(request, ['a'])).rejects.toThrow()
    }
  })

  it('refuses a parameter whose escapes are not UTF-8 before it asks', () => {
    let asked = 0
    for (const onConnect of [undefined, () => void asked++]) {
      expect(() => only({ '/room/:id': handler }, onConnect).admit(requestWith('/room/%ff'), [])).toThrow(
        '400 path parameter id is not percent-encoded UTF-8',
      )
    }
    expect(asked).toBe(0)
  })

  it('makes one error about a handler that returns at once, however many connections it closes', () => {
    const served = only({ '/room/:id': handler })
    expect(served.returnedAtOnce()).toMatchObject({
      name: 'ApiMisuse',
      message:
        'the handler of route /room/:id has returned without a promise, so its connection was closed at once: ' +
        'return a promise that lasts as long as the connection, such as ws.closed',
    })
    expect(served.returnedAtOnce()).toBeUndefined()
  })
})

/** The one route of the routes. */
function only(routes: Exclude<Routes, Handler>, onConnect?: (...given: never[]) => ReturnType<ServedRoute['admit']>): ServedRoute {
  const [path] = Object.keys(routes)
  return new ServedRoutes(routes, onConnect as never, 'serve').find(path!.replace(':', ''))!
}
