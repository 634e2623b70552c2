import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { connect, connectWS, type Listener, listenWS, serve, WebSocketClientFactory, WebSocketClientProtocol } from '../../src/index.ts'
import { EchoFactory } from '../fixtures/echo.ts'

describe('one AbortSignal for many connections and listeners', () => {
  it('raises no warning, keeps its own limit of listeners, and is left without ours', async () => {
    const warnings: string[] = []
    const warned = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', warned)
    const controller = new AbortController()
    const { signal } = controller
    const listener = await serve({ host: '127.0.0.1', port: 0 }, async connection => void (await connection.closed))
    class Client extends WebSocketClientProtocol {}
    const opening = Array.from({ length: 25 }, () => [
      connect(listener.url, { signal }),
      connectWS(new WebSocketClientFactory(listener.url, { protocol: Client }), { signal }),
    ]).flat()
    expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1)
    await Promise.all(opening)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    const places = Array.from({ length: 20 }, () => listenWS(new EchoFactory('ws://127.0.0.1:0'), { signal }))
    const listeners: Listener[] = await Promise.all(places)
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    controller.abort(new Error('enough'))
    await Promise.all(listeners.map(one => one.closed))
    await expect(connect(listener.url, { signal })).rejects.toThrow('enough')
    expect(getEventListeners(signal, 'abort')).toEqual([])
    await listener.close({ timeout: 0 })
    process.off('warning', warned)
    expect(warnings).toEqual([])
  })
})
