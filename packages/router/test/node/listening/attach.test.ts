import { JsonSerializer, type MessageTransport } from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import { dialTransport } from '../../../../wamp/src/node/dial-transport.ts'
import { Recorder } from '../../../../wamp/test/transports/recorder.ts'
import { attach } from '../../../src/node/listening/attach.ts'
import { httpServer, requested } from '../../fixtures/listening.ts'

const serializers = [new JsonSerializer()]

describe('attach', () => {
  it('serves WebSocket and long-poll on an existing server, and leaves all else to it', async () => {
    const { server, port } = await httpServer((request, response) => void response.end(`page ${request.url}`))
    const accepted: MessageTransport[] = []
    const attachment = attach({ accept: transport => void accepted.push(transport) }, server, { path: '/ws', longPoll: '/ws/lp' })
    const webSocket = Recorder.of(await dialTransport(`ws://127.0.0.1:${port}/ws`, { serializers }))
    const longPoll = Recorder.of(await dialTransport(`http://127.0.0.1:${port}/ws/lp`, { serializers }))
    expect(accepted.map(({ details }) => details.kind)).toEqual(['websocket', 'longpoll'])
    for (const transport of accepted) Recorder.of(transport).took = message => transport.send(message)
    accepted[0]!.send([17, 1, 2])
    accepted[1]!.send([17, 3, 4])
    expect(await webSocket.count(1)).toEqual([[17, 1, 2]])
    expect(await longPoll.count(1)).toEqual([[17, 3, 4]])
    expect((await requested(port, '/index', { method: 'GET' })).text).toContain('page /index')
    await expect(dialTransport(`ws://127.0.0.1:${port}/other`, { serializers })).rejects.toMatchObject({ status: 404 })
    expect(attachment.connectionCount).toBe(2)
    await attachment.close()
    expect((await webSocket.closed()).wasClean).toBe(true)
    expect((await longPoll.closed()).wasClean).toBe(true)
    expect((await requested(port, '/ws/lp/open', { body: '{"protocols":["wamp.2.json"]}' })).text).toContain('page /ws/lp/open')
    server.close()
    server.closeAllConnections()
  })

  it('serves several routers on one server, and closing one of them leaves the others', async () => {
    const { server, port } = await httpServer((_, response) => void response.end('page'))
    const accepted: string[] = []
    const [one, other] = ['a', 'b'].map(name =>
      attach({ accept: () => void accepted.push(name) }, server, { path: `/${name}`, longPoll: `/${name}/lp` }),
    )
    for (const name of ['a', 'b']) {
      await dialTransport(`ws://127.0.0.1:${port}/${name}`, { serializers })
      await dialTransport(`http://127.0.0.1:${port}/${name}/lp`, { serializers })
    }
    expect(accepted).toEqual(['a', 'a', 'b', 'b'])
    await one!.close({ timeout: 0 })
    const opening = { body: '{"protocols":["wamp.2.json"]}' }
    expect((await requested(port, '/a/lp/open', opening)).text).toContain('page')
    expect((await requested(port, '/b/lp/open', opening)).text).toContain('wamp.2.json')
    await other!.close({ timeout: 0 })
    server.close()
    server.closeAllConnections()
  })

  it('refuses anything but a router and a server', async () => {
    const { server } = await httpServer(() => {})
    expect(() => attach({} as never, server)).toThrow('attach needs a router')
    expect(() => attach({ accept: () => {} }, {} as never)).toThrow('needs a server of node:http')
    expect(() => attach({ accept: () => {} }, server, { rawSocket: true } as never)).toThrow('there is no option rawSocket')
    server.close()
  })
})
