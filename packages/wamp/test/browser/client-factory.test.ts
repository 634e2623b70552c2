import { describe, expect, it, vi } from 'vitest'
import { WampClientFactory, type WampClientFactoryOptions } from '../../src/browser/client-factory.ts'
import { ScriptClient, ScriptFactory, WampSocket } from '../fixtures/script-client.ts'

describe('WampClientFactory in a browser', () => {
  it('has a URL, the subprotocol, and options at their defaults', () => {
    const factory = new WampClientFactory('http://test/wamp')
    expect([factory.url, factory.protocols]).toEqual(['ws://test/wamp', ['wamp']])
    expect(factory.socketOptions).toEqual({
      maxMessagePayloadSize: 1024 * 1024,
      closeHandshakeTimeout: 5,
      sendHighWaterMark: 64 * 1024,
      maxUnsentSize: 16 * 1024 * 1024,
    })
    factory.setWampOptions({ callTimeout: 5 })
    expect(factory.wampOptions).toMatchObject({ callTimeout: 5, maxUriLength: 2048 })
  })

  it('refuses a name that is not an option, and names it', () => {
    const given = { autoPingInterval: 20 } as WampClientFactoryOptions
    expect(() => new WampClientFactory('ws://test/', given)).toThrow('there is no option autoPingInterval')
    expect(() => new WampClientFactory('ws://test/', { wamp: { callTimeout: -1 } })).toThrow('option callTimeout must be')
    expect(() => new WampClientFactory('ws://test/', { callTimeout: 7 } as object)).toThrow('option callTimeout is an option of WAMP')
  })

  it('makes a protocol for each connection, and only one', () => {
    expect(() => new WampClientFactory('ws://test/').buildProtocol()).toThrow('the factory has no protocol')
    const client = new ScriptClient()
    const factory = new ScriptFactory()
    factory.buildProtocol = () => client
    factory.connectSocket(new WampSocket())
    expect(() => factory.connectSocket(new WampSocket())).toThrow('buildProtocol must give a new protocol for each connection')
  })

  it('can speak another format', () => {
    class Loud extends ScriptFactory {
      override serialize(message: readonly unknown[]): string {
        return super.serialize(message).toUpperCase()
      }
      override unserialize(text: string): unknown {
        return super.unserialize(text.toLowerCase())
      }
    }
    const [client, socket] = new Loud().connect()
    socket.say('[0,"SESSION",1,"TEST"]')
    client.publish('http://e/t', 1)
    expect([client.sessionId, socket.heard()]).toEqual(['session', [[7, 'HTTP://E/T', 1]]])
  })

  it('prints an error once per connection, and what onError throws', () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    try {
      const factory = new WampClientFactory('ws://test/')
      const protocol = {}
      factory.noteError(new Error('first'), protocol)
      factory.noteError('second', protocol)
      factory.onError(new Error('of nobody'), undefined)
      factory.onError = () => {
        throw new Error('in onError')
      }
      factory.noteError('third', {})
      expect(print.mock.calls.flat().map(String)).toEqual(['Error: first', 'Error: of nobody', 'Error: in onError'])
    } finally {
      print.mockRestore()
    }
  })
})
