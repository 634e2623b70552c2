import { afterEach, describe, expect, it } from 'vitest'
import { connect } from '../../../src/node/edge/connect.ts'
import type { Listener } from '../../../src/node/edge/listener.ts'
import { serve } from '../../../src/node/edge/serve.ts'

let listener: Listener | undefined
afterEach(async () => {
  await listener?.close({ timeout: 0 })
  listener = undefined
})

describe('connect', () => {
  it('gives a connection that is open', async () => {
    listener = await serve({ port: 0, host: '127.0.0.1' }, async ws => {
      for await (const message of ws) await ws.send(message)
    })
    const ws = await connect(listener.url)
    expect(ws.protocol.isOpen).toBe(true)
    expect(await ws.ping()).toBeGreaterThan(0)
    await ws.send(Uint8Array.of(1, 2))
    expect(await ws.receive()).toEqual(Uint8Array.of(1, 2))
    await ws.close(3000, 'done')
    await expect(ws.receive()).rejects.toMatchObject({ name: 'ConnectionClosed', closeCode: 3000 })
    await expect(ws.send('late')).rejects.toMatchObject({ name: 'ConnectionClosed' })
  })

  it('rejects with the cause where nobody listens', async () => {
    listener = await serve({ port: 0, host: '127.0.0.1' }, () => {})
    const { url } = listener
    await listener.close()
    await expect(connect(url)).rejects.toMatchObject({ name: 'HandshakeFailed', cause: { code: 'ECONNREFUSED' } })
  })

  it('gives up with the reason of its signal', async () => {
    const reason = new Error('changed my mind')
    await expect(connect('ws://127.0.0.1:1', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it('gives up also while it waits for the URL or the headers, with and without reconnect', async () => {
    const never = (): Promise<never> => new Promise(() => undefined)
    for (const reconnect of [undefined, { retryFirst: true }]) {
      for (const [url, headers] of [
        [never, {}],
        ['ws://127.0.0.1:1', never],
      ] as const) {
        const abort = new AbortController()
        const connecting = connect(url, { signal: abort.signal, headers, ...(reconnect && { reconnect }) })
        setImmediate(() => abort.abort(new Error('changed my mind')))
        await expect(connecting).rejects.toThrow('changed my mind')
      }
    }
  })

  it('takes a URL object', async () => {
    listener = await serve({ port: 0, host: '127.0.0.1' }, ws => ws.send('here'))
    const ws = await connect(new URL(listener.url))
    expect(await ws.receive()).toBe('here')
  })

  it('names an option that does not exist', async () => {
    await expect(connect('ws://127.0.0.1:1', { nonsense: 1 } as object)).rejects.toThrow('there is no option nonsense')
  })
})
