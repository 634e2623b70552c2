import { describe, expect, it, vi } from 'vitest'
import { type ClientFactoryOptions, WebSocketClientFactory } from '../../src/browser/client-factory.ts'
import { ScriptSocket } from '../fixtures/script-socket.ts'
import { ScriptClient, ScriptFactory } from './script-client.ts'

describe('WebSocketClientFactory in a browser', () => {
  it('has a URL, no subprotocols, and options at their defaults', () => {
    const factory = new WebSocketClientFactory('http://test/chat')
    expect([factory.url, factory.protocols]).toEqual(['ws://test/chat', []])
    expect(factory.options).toEqual({
      maxMessagePayloadSize: 16 * 1024 * 1024,
      maxWaitingSize: 4 * 1024 * 1024,
      closeHandshakeTimeout: 5,
      sendHighWaterMark: 64 * 1024,
      maxUnsentSize: 16 * 1024 * 1024,
    })
  })

  it('refuses options that a page does not have, by their names', () => {
    expect(() => new WebSocketClientFactory('ws://test/', { autoPingInterval: 20 } as ClientFactoryOptions)).toThrow(
      'there is no option autoPingInterval of a client factory',
    )
    expect(() => new WebSocketClientFactory('ws://test/', { headers: {} } as ClientFactoryOptions)).toThrow('there is no option headers')
    expect(() => new WebSocketClientFactory('ws://test/', { protocols: 'chat' as never })).toThrow(
      'option protocols must be a list of strings',
    )
  })

  it('makes a new protocol for each connection', () => {
    expect(() => new WebSocketClientFactory('ws://test/').buildProtocol()).toThrow('the factory has no protocol')
    const client = new ScriptClient()
    const factory = new ScriptFactory()
    factory.buildProtocol = () => client
    factory.connectSocket(new ScriptSocket())
    expect(() => factory.connectSocket(new ScriptSocket())).toThrow('buildProtocol must give a new protocol for each connection')
    factory.buildProtocol = () => undefined as never
    expect(() => factory.connectSocket(new ScriptSocket())).toThrow('buildProtocol must give a WebSocketClientProtocol, and not undefined')
  })

  it('makes protocols by the option build', () => {
    const factory = new WebSocketClientFactory('ws://test/', { build: () => new ScriptClient() })
    const [one, other] = [factory.connectSocket(new ScriptSocket()), factory.connectSocket(new ScriptSocket())]
    expect(one).toBeInstanceOf(ScriptClient)
    expect(other).not.toBe(one)
    expect(() => new WebSocketClientFactory('ws://test/', { protocol: ScriptClient, build: () => new ScriptClient() })).toThrow(
      'the options protocol and build exclude each other',
    )
  })

  it('prints an error once per connection, and what onError throws', () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    try {
      const factory = new WebSocketClientFactory('ws://test/')
      const protocol = {}
      factory.report(new Error('first'), protocol)
      factory.report(new Error('second'), protocol)
      factory.report(new Error('of no connection'), undefined)
      factory.onError = () => {
        throw new Error('in onError')
      }
      factory.report(new Error('third'), {})
      expect(print.mock.calls.flat().map(String)).toEqual(['Error: first', 'Error: of no connection', 'Error: in onError'])
    } finally {
      print.mockRestore()
    }
  })
})
