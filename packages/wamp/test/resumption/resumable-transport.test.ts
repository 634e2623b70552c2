import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import type { Message } from '../../src/messages/message.ts'
import { payloadOf } from '../../src/messages/payload.ts'
import { ProtocolViolation } from '../../src/messages/protocol-violation.ts'
import { type ResumableOwner, ResumableTransport } from '../../src/resumption/resumable-transport.ts'
import { JsonSerializer } from '../../src/serializers/json.ts'
import { type MemoryTransport, type MemoryTransportOptions, memoryTransports } from '../../src/transports/memory-transport.ts'

const welcome: Message = [2, 1, { roles: {} }]
const published = (n: number): Message => [17, n, n]

describe('a resumable transport', () => {
  it('is the transport below until it counts', () => {
    const { transport, clock, seen, peer, owner } = pair()
    transport.send([3, {}, 'wamp.error.no_such_realm'])
    peer.abort('gone')
    clock.flush()
    expect(seen).toEqual(['closed: the peer has dropped the transport'])
    expect(owner.told).toEqual([])
  })

  it('sends again what did not arrive, over another transport, in order', () => {
    const { transport, clock, next, seen, peer, peerGot } = pair()
    transport.send(welcome)
    transport.send(published(1))
    clock.flush()
    transport.send(published(2))
    peer.abort('gone')
    clock.flush()
    transport.send(published(3))
    expect(peerGot).toEqual([welcome, published(1)])
    const other = next()
    expect(transport.mayGoOn(other.below, 1)).toBe(true)
    other.below.open(transport.goOn(other.below, 1, welcome))
    clock.flush()
    expect(other.got).toEqual([welcome, published(2), published(3)])
    expect(seen).toEqual(['writable', 'writable'])
  })

  it('stays as it is where another transport does not take the first message', () => {
    const { transport, clock, next, peer, peerGot } = pair()
    transport.send(welcome)
    const small = next({ maxMessageSize: 1 })
    expect(() => transport.goOn(small.below, 0, welcome)).toThrow('larger')
    transport.send(published(1))
    peer.send([36, 1, 1, {}])
    clock.flush()
    expect([peerGot, transport.received, transport.isDetached]).toEqual([[welcome, published(1)], 1, false])
  })

  it('counts what has arrived, and ignores what comes over a transport that was replaced', () => {
    const { transport, clock, next, seen, peer } = pair()
    transport.send(welcome)
    peer.send([36, 1, 1, {}])
    clock.flush()
    expect(transport.received).toBe(1)
    const other = next()
    other.below.open(transport.goOn(other.below, 0))
    peer.send([36, 1, 2, {}])
    clock.flush()
    expect(transport.received).toBe(1)
    other.peer.send([36, 1, 3, {}])
    clock.flush()
    expect(transport.received).toBe(2)
    expect(seen.filter(each => each.startsWith('36'))).toEqual(['36', '36'])
  })

  it('does not go on for a peer that has received more than was sent, or less than is kept, or in another format', () => {
    const { transport, clock, next, peer } = pair({ messages: 1 })
    transport.send(welcome)
    transport.send(published(1))
    transport.send(published(2))
    peer.abort('gone')
    clock.flush()
    const { below } = next()
    expect([0, 1, 2, 3, -1, 0.5].map(received => transport.mayGoOn(below, received))).toEqual([false, true, true, false, false, false])
    const [encoded] = memoryTransports(clock, { serializer: new JsonSerializer() })
    expect(transport.mayGoOn(encoded, 1)).toBe(false)
  })

  it('ends where it cannot keep what was sent since the loss', () => {
    const { transport, clock, seen, peer, owner } = pair({ messages: 2 })
    transport.send(welcome)
    for (let n = 0; n < 9; n++) transport.send(published(n))
    peer.abort('gone')
    clock.flush()
    transport.send(published(10))
    transport.send(published(11))
    clock.flush()
    expect(transport.isDetached).toBe(true)
    transport.send(published(12))
    clock.flush()
    expect(seen.at(-1)).toBe('closed: more has happened while there was no transport than is kept')
    expect(owner.told.at(-1)).toBe('retired')
    expect([transport.isDetached, transport.kept]).toEqual([false, 0])
  })

  it('ends with a transport that the peer has closed properly', () => {
    const { transport, clock, seen, peer, owner } = pair()
    transport.send(welcome)
    peer.close()
    clock.flush()
    expect(seen).toEqual(['closed: closed by the peer'])
    expect(owner.told).toEqual(['retired'])
  })

  it('does not take the end of a RawSocket connection for a proper close', () => {
    const { transport, clock, peer, owner } = pair({}, { details: [{ kind: 'rawsocket' }, {}] })
    transport.send(welcome)
    peer.close()
    clock.flush()
    expect([transport.isDetached, owner.told]).toEqual([true, ['detached']])
  })

  it('ends with a loss after GOODBYE, whoever said it', () => {
    for (const isOwn of [true, false]) {
      const { transport, clock, seen, peer } = pair()
      transport.send(welcome)
      if (isOwn) transport.send([6, {}, 'wamp.close.normal'])
      else peer.send([6, {}, 'wamp.close.normal'])
      clock.flush()
      peer.abort('gone')
      clock.flush()
      expect(seen.at(-1)).toBe('closed: the peer has dropped the transport')
    }
  })

  it('ends after a violation, and where its listener throws', () => {
    const violated = pair()
    violated.transport.send(welcome)
    violated.listener.onViolation(new ProtocolViolation('nonsense'))
    violated.peer.abort('gone')
    violated.clock.flush()
    expect(violated.seen).toEqual(['violation', 'closed: the peer has dropped the transport'])
    const failed = pair()
    failed.transport.send(welcome)
    failed.fails = true
    failed.peer.send([36, 1, 1, {}])
    failed.clock.flush()
    expect(failed.seen.at(-1)).toBe('closed: internal error')
    expect(failed.errors).toEqual(['the listener has failed'])
  })

  it('refuses a message that is too large at once, and does not keep it', () => {
    const { transport, clock, peer, next } = pair({}, { maxMessageSize: 60, serializer: new JsonSerializer() })
    transport.send(welcome)
    const large: Message = [50, 1, {}, payloadOf(['x'.repeat(60)])]
    expect(() => transport.send(large)).toThrow('larger')
    peer.abort('gone')
    clock.flush()
    expect(() => transport.send(large)).toThrow('larger')
    expect(transport.kept).toBe(0)
    expect(transport.mayGoOn(next().below, 0)).toBe(true)
  })

  it('keeps its listener paused over the change of transports', () => {
    const { transport, clock, seen, peer, next } = pair()
    transport.send(welcome)
    transport.pause()
    peer.abort('gone')
    clock.flush()
    const other = next()
    other.below.open(transport.goOn(other.below, 0))
    other.peer.send([36, 1, 1, {}])
    clock.flush()
    expect(seen).not.toContain('36')
    transport.resume()
    clock.flush()
    expect(seen).toContain('36')
  })

  it('forgets what is old while the transport works, and nothing while there is none', () => {
    const { transport, clock, peer } = pair()
    transport.send(welcome)
    transport.send(published(1))
    transport.age()
    transport.send(published(2))
    expect(transport.kept).toBe(512)
    transport.age()
    expect(transport.kept).toBe(256)
    peer.abort('gone')
    clock.flush()
    transport.age()
    transport.age()
    expect(transport.kept).toBe(256)
  })

  it('tells its end in a later turn where it is closed or aborted without a transport below', () => {
    for (const end of ['close', 'abort'] as const) {
      const { transport, clock, seen, peer } = pair()
      transport.send(welcome)
      peer.abort('gone')
      clock.flush()
      transport[end]('mine')
      expect(seen.filter(each => each.startsWith('closed'))).toEqual([])
      clock.flush()
      expect(seen.at(-1)).toBe(end === 'close' ? 'closed: closed by this side' : 'closed: mine')
      transport.send(published(1))
      expect([transport.kept, transport.isWritable, transport.bufferedAmount]).toEqual([0, false, 0])
    }
  })
})

/** A resumable transport of a router, the peer of the transport below it, and what both get. */
function pair(bounds: { messages?: number; octets?: number } = {}, options: MemoryTransportOptions = {}) {
  const clock = new FakeClock()
  const errors: string[] = []
  const next = (others: MemoryTransportOptions = {}) => {
    const [below, peer] = memoryTransports(clock, { ...options, ...others, onError: error => errors.push(error.message) })
    const got: Message[] = []
    peer.open({ onMessage: message => got.push(message), onViolation() {}, onWritable() {}, onClosed() {} })
    return { below, peer, got }
  }
  const { below, peer, got: peerGot } = next()
  const owner = new TestOwner()
  const transport = new ResumableTransport(below, { octets: 100_000, messages: 100, ...bounds }, clock, owner)
  const seen: string[] = []
  const self = { fails: false }
  const listener = transport.adopt({
    onMessage: message => {
      if (self.fails) throw new Error('the listener has failed')
      seen.push(`${message[0]}`)
    },
    onViolation: () => seen.push('violation'),
    onWritable: () => seen.push('writable'),
    onClosed: end => seen.push(`closed: ${end.reason}`),
  })
  below.open(listener)
  return Object.assign(self, { clock, transport, owner, listener, seen, next, peer: peer as MemoryTransport, peerGot, errors })
}

class TestOwner implements ResumableOwner {
  readonly isWritableDetached = true
  readonly resumesAborted = false
  readonly told: string[] = []

  detached(): boolean {
    this.told.push('detached')
    return true
  }

  retired(): void {
    this.told.push('retired')
  }
}
