import { describe, expect, it } from 'vitest'
import { WebSocketProtocol, WebSocketServerProtocol } from '../../src/application/protocol.ts'
import { attach, collector, isConnected, ProtocolParts, parts } from '../../src/application/protocol-parts.ts'
import { WebSocketServerFactory } from '../../src/application/server-factory.ts'
import { MemoryLink } from './memory-link.ts'

class Plain extends WebSocketServerProtocol {}

describe('what factories use of a protocol', () => {
  it('has symbols for names, which no subclass can take by accident', () => {
    expect(Object.getOwnPropertySymbols(WebSocketProtocol.prototype)).toEqual([attach, parts, collector])
    expect(Object.getOwnPropertySymbols(WebSocketProtocol)).toEqual([isConnected])
  })

  it('is not among the own properties of a connected protocol, so that printing it shows what the application has put there', () => {
    const [, protocol] = new MemoryLink().serve(new WebSocketServerFactory(undefined, { protocol: Plain }))
    expect(Reflect.ownKeys(protocol).sort()).toEqual(['data'])
  })
})

describe('ProtocolParts', () => {
  it('are an object of a class, which V8 makes in its young memory, and have no field for a watch where nothing is observed', () => {
    const [, protocol] = new MemoryLink().serve(new WebSocketServerFactory(undefined, { protocol: Plain }))
    const own: ProtocolParts = Reflect.get(protocol, parts)
    expect(own).toBeInstanceOf(ProtocolParts)
    expect(Object.keys(own)).toEqual(['connection', 'factory', 'transport'])
  })
})
