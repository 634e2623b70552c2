import { afterEach, describe, expect, it, vi } from 'vitest'
import { createHandlers } from '../../src/conversation/create-handlers.ts'
import type { Admission } from '../../src/conversation/route.ts'
import { ServedRoute } from '../../src/conversation/served-routes.ts'
import type { ServerConnection } from '../../src/conversation/server-connection.ts'
import { MemoryLink, masked } from '../application/memory-link.ts'
import { until } from '../fixtures/until.ts'
import { raisesNothingUnhandled, talk } from './talk.ts'

raisesNothingUnhandled()
afterEach(() => void vi.restoreAllMocks())

describe("the server's connection", () => {
  it('has the data that onConnect returned, the parameters of the path, and the request', async () => {
    const { ws } = await opened('/room/a%20b?x=1', async ({ path }) => ({ data: { name: `who asks for ${path}` } }))
    expect({ data: ws.data, pathParams: ws.pathParams, path: ws.request.path, query: ws.request.params.get('x') }).toEqual({
      data: { name: 'who asks for /room/a%20b' },
      pathParams: { id: 'a b' },
      path: '/room/a%20b',
      query: ['1'],
    })
  })

  it('has no data where onConnect returned none', async () => {
    expect((await opened('/room/a', () => undefined)).ws.data).toBeUndefined()
    expect((await opened('/room/a')).ws.data).toBeUndefined()
  })

  it('shows what was set on its protocol later', async () => {
    const { ws } = await opened('/room/a')
    ws.protocol.data = 5
    expect(ws.data).toBe(5)
  })

  it('makes the parameters when they are asked for, and once', async () => {
    const made = vi.spyOn(ServedRoute.prototype, 'paramsOf')
    const { ws } = await opened('/room/a')
    expect(made).not.toHaveBeenCalled()
    expect(ws.pathParams).toBe(ws.pathParams)
    expect(made).toHaveBeenCalledTimes(1)
  })

  it('has its request, its parameters and its data also after the end', async () => {
    const { ws, peer } = await opened('/room/a', () => ({ data: 5 }))
    peer.write(masked(0x88, Uint8Array.of(3, 232)))
    await peer.frame('close 1000')
    peer.stream.end()
    await ws.closed
    expect({ data: ws.data, pathParams: ws.pathParams, path: ws.request.path, code: ws.closeInfo?.code }).toEqual({
      data: 5,
      pathParams: { id: 'a' },
      path: '/room/a',
      code: 1000,
    })
  })
})

describe('a connection of either side', () => {
  it('has the subprotocol, the extensions, what is unsent, and the end', async () => {
    const { ws, server } = await talk(async other => void (await other.receive()), {
      server: { protocols: ['chat'] },
      client: { protocols: ['chat'] },
    })
    expect({ subprotocol: ws.subprotocol, extensions: ws.extensions, closeInfo: ws.closeInfo }).toEqual({
      subprotocol: 'chat',
      extensions: [],
      closeInfo: undefined,
    })
    void ws.send(new Uint8Array(100_000))
    expect(ws.bufferedAmount).toBeGreaterThan(0)
    await server.closed
    await ws.closed
    expect(ws.closeInfo).toMatchObject({ code: 1000, wasClean: true, by: 'peer' })
    expect(ws.bufferedAmount).toBe(0)
  })
})

/** A connection of a server at `/room/:id`, with its client in the hands of the test. */
async function opened(path: string, onConnect?: Admission): Promise<{ ws: ServerConnection; peer: ReturnType<MemoryLink['serve']>[0] }> {
  const connections: ServerConnection[] = []
  const handler = (ws: ServerConnection): Promise<unknown> => {
    connections.push(ws)
    return ws.closed
  }
  const [peer] = new MemoryLink().serve(createHandlers({ ...(onConnect && { onConnect }) }, { '/room/:id': handler }))
  await peer.open(path)
  await until(() => connections.length === 1)
  return { ws: connections[0]!, peer }
}
