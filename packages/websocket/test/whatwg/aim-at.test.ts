import { describe, expect, it } from 'vitest'
import { WebSocketClientFactory } from '../../src/application/client-factory.ts'
import { HandshakeFailed } from '../../src/protocol/faults/errors.ts'
import { aimAt } from '../../src/whatwg/aim-at.ts'

describe('aimAt', () => {
  it('gives the factory the URL', () => {
    const factory = new WebSocketClientFactory('ws://localhost')
    aimAt(factory, new URL('wss://example.com:444/a?b\\c'))
    expect([factory.host, factory.port, factory.isSecure, factory.resource]).toEqual(['example.com', 444, true, '/a?b%5Cc'])
  })

  it('sends a user name and a password of the URL', () => {
    const factory = new WebSocketClientFactory('ws://localhost')
    aimAt(factory, new URL('ws://foo:b%C3%A4r@example.com/'))
    expect(factory.url).toBe('ws://example.com/')
  })

  it('fails for a URL that no server has, which is not a mistake in the arguments', () => {
    const factory = new WebSocketClientFactory('ws://localhost')
    expect(() => aimAt(factory, new URL('ws://example.com:0/'))).toThrow(HandshakeFailed)
  })
})
