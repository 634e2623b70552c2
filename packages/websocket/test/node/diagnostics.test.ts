import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, describe, expect, it } from 'vitest'
import { connectWS } from '../../src/node/connect-ws.ts'
import { diagnostics, diagnosticsChannels } from '../../src/node/diagnostics.ts'
import { listenWS } from '../../src/node/listen-ws.ts'
import { EchoFactory, type Listening, listeningTo } from '../fixtures/echo.ts'

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
