import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkedProtocol } from '../../src/application/factory.ts'
import { WebSocketClientProtocol, WebSocketServerProtocol } from '../../src/application/protocol.ts'
import { WebSocketServerFactory } from '../../src/application/server-factory.ts'
import type { Octets } from '../../src/bytes/octets.ts'
import type { ObservedRuntime } from '../../src/protocol/connection/observer.ts'
import { ApiMisuse } from '../../src/protocol/faults/errors.ts'
import { raisesNothingUnhandled } from '../conversation/talk.ts'
import { openServer } from '../protocol/opened.ts'
import { frame } from '../protocol/wire.ts'
import { MemoryLink, masked, type RawPeer } from './memory-link.ts'

raisesNothingUnhandled()
afterEach(() => void vi.restoreAllMocks())

class Plain extends WebSocketServerProtocol {}

describe('prepareMessage', () => {
  const factory = new WebSocketServerFactory()

  it('makes text of strings and binary of octets, unless it is told otherwise', () => {
    expect(factory.prepareMessage('a')).toMatchObject({ payload: Uint8Array.of(0x61), isBinary: false, options: {} })
    expect(factory.prepareMessage(Uint8Array.of(1))).toMatchObject({ payload: Uint8Array.of(1), isBinary: true })
    expect(factory.prepareMessage('a', true)).toMatchObject({ isBinary: true })
    expect(factory.prepareMessage(Uint8Array.of(0x61), false, { doNotCompress: true })).toMatchObject({
      isBinary: false,
      options: { doNotCompress: true },
    })
  })

  it('copies the payload', () => {
    const octets = Uint8Array.of(1)
    const { payload } = factory.prepareMessage(octets)
    octets[0] = 2
    expect(payload).toEqual(Uint8Array.of(1))
  })

  it('refuses anything but a payload', () => {
    expect(() => factory.prepareMessage(7 as unknown as string)).toThrow(ApiMisuse)
  })
})

describe('onError', () => {
  it('prints once per connection, and always where there is none', () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const factory = new WebSocketServerFactory()
    const [one, other] = [new Plain(), new Plain()]
    const [first, second] = [new Error('first'), new Error('second')]
    factory.onError(first, one)
    factory.onError(second, one)
    factory.onError(second, other)
    factory.onError(first, undefined)
    factory.onError(second, undefined)
    expect(printed.mock.calls).toEqual([[first], [second], [first], [second]])
  })

  it('may throw: that is printed, and the connection closes all the same', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const broken = new Error('no disk for logs')
    class Failing extends WebSocketServerProtocol {
      override onMessage(): void {
        throw new Error('bug')
      }
    }
    class Broken extends WebSocketServerFactory {
      override onError(): never {
        throw broken
      }
    }
    const [peer] = new MemoryLink().serve(new Broken(undefined, { protocol: Failing }))
    await peer.open()
    peer.write(masked(0x81, 'a'))
    await peer.frame('close 1011 internal error')
    expect(printed.mock.calls).toEqual([[broken]])
  })
})

describe('delivery', () => {
  for (const hook of [
    'onMessageBegin',
    'onMessageFrame',
    'onMessageEnd',
    'onMessageFrameBegin',
    'onMessageFrameData',
    'onMessageFrameEnd',
  ] as const) {
    it(`calls ${hook} where it is overridden, also on the object alone, and onMessage as well`, async () => {
      const calls: string[] = []
      class Recording extends WebSocketServerProtocol {
        override onMessage(payload: Uint8Array): void {
          calls.push(`onMessage ${Buffer.from(payload)}`)
          this.sendClose()
        }
      }
      class Factory extends WebSocketServerFactory {
        override buildProtocol(): Recording {
          const protocol = new Recording()
          const inherited = protocol[hook] as (...args: unknown[]) => void
          return Object.assign(protocol, {
            [hook]: (...args: unknown[]) => {
              calls.push(hook)
              inherited.apply(protocol, args)
            },
          })
        }
      }
      const [peer] = new MemoryLink().serve(new Factory())
      await peer.open()
      peer.write(masked(0x81, 'whole'))
      await peer.frame('close')
      expect(calls.filter(call => call !== hook)).toEqual(['onMessage whole'])
      expect(calls).toContain(hook)
    })
  }

  it('calls onMessage alone where nothing else is overridden', async () => {
    const { peer, received } = recording()
    await peer.open()
    peer.write(masked(0x01, 'who'), masked(0x80, 'le'))
    await peer.frame('close')
    expect(received).toEqual(['whole'])
  })
})

describe('the memory of payloads', () => {
  const frames = Uint8Array.from([0, 1, 2].flatMap(() => [...frame(2, new Uint8Array(100))]))

  for (const [ownPayloadMemory, buffers] of [
    [false, 1],
    [true, 3],
  ] as const) {
    it(`is ${ownPayloadMemory ? 'not ' : ''}shared by payloads that came together where ownPayloadMemory is ${ownPayloadMemory}`, () => {
      const seen: ArrayBufferLike[] = []
      const Seeing = class extends WebSocketServerProtocol {
        override onMessage(payload: Octets): void {
          seen.push(payload.buffer)
        }
      }
      const { stream } = openServer(Seeing, { ownPayloadMemory })
      stream.receive(frames)
      expect([seen.length, new Set(seen).size]).toEqual([3, buffers])
    })
  }
})

describe('taps and observers', () => {
  it('are asked for once per connection, and see it from both sides', async () => {
    const link = new MemoryLink()
    const seen: string[] = []
    const runtime: ObservedRuntime = {
      ...link.runtime,
      observe: () => ({
        tap: { octetsReceived: () => void seen.push('runtime tap') },
        observer: { opened: () => void seen.push('opened'), closed: () => void seen.push('closed') },
      }),
    }
    Object.assign(link.runtime, runtime)
    const { peer } = recording({ wireTap: { frameReceived: () => void seen.push('own tap') } }, link)
    await peer.open()
    peer.write(masked(0x81, 'a'))
    await peer.frame('close')
    peer.stream.destroy(true)
    expect(seen.slice(0, 4)).toEqual(['runtime tap', 'opened', 'runtime tap', 'own tap'])
  })
})

describe('checkedProtocol', () => {
  it('gives a protocol back', () => {
    const protocol = new Plain()
    expect(checkedProtocol(protocol, WebSocketServerProtocol)).toBe(protocol)
  })

  it('refuses anything but a protocol of its role', () => {
    expect(() => checkedProtocol({} as Plain, WebSocketServerProtocol)).toThrow(
      'buildProtocol must return a WebSocketServerProtocol, not [object Object]',
    )
    const client: unknown = new (class extends WebSocketClientProtocol {})()
    expect(() => checkedProtocol(client as Plain, WebSocketServerProtocol)).toThrow('must return a WebSocketServerProtocol')
  })

  it('refuses one that has a connection, whose messages would go to the other one', async () => {
    const errors: Error[] = []
    const echo = new (class extends WebSocketServerProtocol {
      override onMessage(payload: Uint8Array): void {
        this.sendMessage(payload)
      }
    })()
    class Reusing extends WebSocketServerFactory {
      override buildProtocol(): WebSocketServerProtocol {
        return echo
      }
      override onError(error: Error): void {
        errors.push(error)
      }
    }
    const factory = new Reusing()
    const link = new MemoryLink()
    const [first] = link.serve(factory)
    await first.open()
    link.serve(factory)
    expect(errors).toEqual([new ApiMisuse('buildProtocol must return a new protocol for each connection')])
    expect(factory.connectionCount).toBe(1)
    first.write(masked(0x81, 'mine'))
    await first.frame('binary 4')
    expect(first.frames).toEqual(['binary 4'])
  })
})

function recording(options = {}, link = new MemoryLink()): { readonly peer: RawPeer; readonly received: string[] } {
  const received: string[] = []
  class Recording extends WebSocketServerProtocol {
    override onMessage(payload: Uint8Array): void {
      received.push(Buffer.from(payload).toString())
      this.sendClose()
    }
  }
  const [peer] = link.serve(new WebSocketServerFactory(undefined, { protocol: Recording, ...options }))
  return { peer, received }
}
