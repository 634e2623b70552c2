import {
  type Event,
  type Message,
  MessageTooLarge,
  type MessageTransport,
  MessageType,
  type PreparedMessage,
} from '@autobahn-ts/wamp/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Outbox, type OutboxLimits } from '../../src/outbox/outbox.ts'
import { OutgoingEvent } from '../../src/parties/outgoing-event.ts'
import { payload } from '../fixtures/test-realm.ts'

const { EVENT, RESULT, GOODBYE, INVOCATION } = MessageType

describe('Outbox', () => {
  it('gives everything to a transport that takes it', () => {
    const { outbox, transport } = box()
    outbox.send(result(1))
    outbox.offer(result(2))
    outbox.offerEvent(event(3))
    expect(transport.sent).toEqual([result(1), result(2), eventMessage(3)])
    expect([outbox.octets, outbox.messages]).toEqual([0, 0])
  })

  it('keeps the order of what waits, and of what comes while something waits', () => {
    const { outbox, transport } = box()
    transport.isWritable = false
    outbox.send(result(1))
    outbox.offerEvent(event(2))
    outbox.offer(result(3))
    transport.isWritable = true
    outbox.send(result(4))
    expect(transport.sent).toEqual([])
    outbox.writable()
    expect(transport.sent).toEqual([result(1), eventMessage(2), result(3), result(4)])
  })

  it('drops events above its bound, and the next event tells how many', () => {
    const { outbox, transport } = box({ outboxMessages: 2 })
    transport.isWritable = false
    for (let n = 1; n <= 5; n++) outbox.offerEvent(event(n))
    expect(outbox.counters.droppedEvents).toBe(3)
    transport.isWritable = true
    outbox.writable()
    outbox.offerEvent(event(6))
    outbox.offerEvent(event(7))
    expect(transport.sent).toEqual([eventMessage(1), eventMessage(2), [EVENT, 1, 6, { _dropped: 3 }, payload()], eventMessage(7)])
  })

  it('tells also where the next event has to wait', () => {
    const { outbox, transport } = box({ outboxMessages: 1 })
    transport.isWritable = false
    outbox.offerEvent(event(1))
    outbox.offerEvent(event(2))
    transport.isWritable = true
    outbox.writable()
    transport.isWritable = false
    outbox.offerEvent(event(3))
    transport.isWritable = true
    outbox.writable()
    expect(transport.sent.at(-1)).toEqual([EVENT, 1, 3, { _dropped: 1 }, payload()])
  })

  it('refuses what may be refused above its bound, and sends what must arrive from its reserve', () => {
    const { outbox, transport } = box({ outboxSize: 30, outboxReserve: 20 })
    transport.isWritable = false
    for (let n = 1; n <= 3; n++) expect(outbox.offer(result(n))).toBe('sent')
    expect(outbox.offer([INVOCATION, 1, 1, {}])).toBe('full')
    expect(outbox.counters.refusedMessages).toBe(1)
    expect(outbox.send(result(5))).toBe('sent')
    expect(outbox.octets).toBe(40)
  })

  it('knows the most octets that have waited at one time', () => {
    const { outbox, transport } = box()
    outbox.send(result(1))
    expect(outbox.highestOctets).toBe(0)
    transport.isWritable = false
    for (let n = 1; n <= 3; n++) outbox.send(result(n))
    const highest = outbox.octets
    transport.isWritable = true
    outbox.writable()
    transport.isWritable = false
    outbox.send(result(4))
    expect([outbox.highestOctets, outbox.octets < highest]).toEqual([highest, true])
  })

  it('is full from its bound on, and not while the transport takes everything', () => {
    const { outbox, transport } = box({ outboxMessages: 2 })
    transport.isWritable = false
    outbox.offerEvent(event(1))
    expect(outbox.isFull).toBe(false)
    outbox.offerEvent(event(2))
    expect([outbox.isFull, outbox.counters.droppedEvents]).toEqual([true, 0])
    transport.isWritable = true
    outbox.writable()
    expect(outbox.isFull).toBe(false)
    expect(box({ outboxMessages: 0 }).outbox.isFull).toBe(false)
  })

  it('ends its session where the reserve is full', () => {
    const { outbox, transport, owner } = box({ outboxMessages: 1, outboxReserveMessages: 1 })
    transport.isWritable = false
    outbox.send(result(1))
    outbox.send(result(2))
    expect(owner.overflows).toBe(0)
    expect(outbox.send(result(3))).toBe('gone')
    expect(owner.overflows).toBe(1)
    expect(outbox.send(result(4))).toBe('gone')
    outbox.offerEvent(event(1))
    expect(outbox.offer(result(5))).toBe('gone')
    expect([owner.overflows, outbox.messages, outbox.octets]).toEqual([1, 0, 0])
  })

  it.each([true, false])('tells of a message that the transport does not take, and counts such events: %s', isWritable => {
    const { outbox, transport } = box({}, 9)
    transport.isWritable = isWritable
    expect(outbox.send(result(1))).toBe('tooLarge')
    expect(outbox.offer(result(1))).toBe('tooLarge')
    outbox.offerEvent(event(1))
    outbox.offerEvent(event(2, true))
    expect(outbox.counters.oversizedEvents).toBe(2)
    expect([transport.sent.length, outbox.messages]).toEqual([0, 0])
  })

  it('hands all that waits to the transport when it finishes', () => {
    const { outbox, transport } = box()
    transport.isWritable = false
    outbox.send(result(1))
    outbox.send([GOODBYE, {}, 'wamp.close.killed'])
    outbox.finish()
    outbox.finish()
    expect(transport.sent).toEqual([result(1), [GOODBYE, {}, 'wamp.close.killed']])
    expect(outbox.send(result(2))).toBe('gone')
  })

  it('does not swallow the errors of payloads that WAMP cannot express', () => {
    const { outbox, transport } = box()
    transport.fails = true
    expect(() => outbox.send(result(1))).toThrow('not a value of WAMP')
  })

  it('sends an event for many in the form that was prepared once', () => {
    const { outbox, transport } = box()
    const shared = event(1, true)
    outbox.offerEvent(shared)
    outbox.offerEvent(shared)
    expect([transport.prepared, transport.sent.length]).toEqual([1, 2])
  })

  it('never holds more than its bounds and one message, keeps the order, and loses no more than it counts', () => {
    const step = fc.oneof(
      fc.constant({ is: 'answer' } as const),
      fc.constant({ is: 'event' } as const),
      fc.constant({ is: 'offer' } as const),
      fc.boolean().map(isWritable => ({ is: 'transport', isWritable }) as const),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), steps => {
        const { outbox, transport, owner } = box({ outboxMessages: 5, outboxReserveMessages: 1000, outboxSize: 40, outboxReserve: 100_000 })
        let made = 0
        let events = 0
        for (const each of steps) {
          if (each.is === 'transport') {
            transport.isWritable = each.isWritable
            if (each.isWritable) outbox.writable()
            continue
          }
          const before = outbox.octets
          made++
          if (each.is === 'answer') outbox.send(result(made))
          else if (each.is === 'offer') outbox.offer(result(made))
          else outbox.offerEvent(event(made))
          if (each.is === 'event') events++
          if (each.is !== 'answer') expect(outbox.octets).toBeLessThanOrEqual(Math.max(before, 40 - 1 + 10))
        }
        transport.isWritable = true
        outbox.writable()
        const numbers = transport.sent.map(message => (message[0] === EVENT ? message[2] : message[1]) as number)
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
        const sentEvents = transport.sent.filter(([type]) => type === EVENT)
        const told = sentEvents.reduce((sum, message) => sum + ((message[3] as { _dropped?: number })._dropped ?? 0), 0)
        expect(sentEvents.length + outbox.counters.droppedEvents).toBe(events)
        expect(told).toBeLessThanOrEqual(outbox.counters.droppedEvents)
        expect(owner.overflows).toBe(0)
      }),
    )
  })
})

/** A transport whose messages all have ten octets. */
class TestTransport {
  isWritable = true
  fails = false
  prepared = 0
  readonly sent: Message[] = []
  readonly format = {
    serializer: 'json' as const,
    prepare: (message: Message): PreparedMessage => {
      this.prepared++
      return Object.assign(Object.create(null), { size: 10, message })
    },
  }
  readonly maxSendSize: number

  constructor(maxSendSize: number) {
    this.maxSendSize = maxSendSize
  }

  send(message: Message): void {
    if (this.fails) throw new TypeError('not a value of WAMP')
    if (this.maxSendSize < 10) throw new MessageTooLarge(10, this.maxSendSize)
    this.sent.push(message)
  }

  sendPrepared(prepared: PreparedMessage): void {
    this.send((prepared as PreparedMessage & { message: Message }).message)
  }
}

function box(limits: Partial<OutboxLimits> = {}, maxSendSize = 1000) {
  const transport = new TestTransport(maxSendSize)
  const owner = { overflows: 0, outboxOverflowed: () => void owner.overflows++ }
  const bounds = { outboxSize: 1000, outboxMessages: 100, outboxReserve: 1000, outboxReserveMessages: 100, ...limits }
  return { transport, owner, outbox: new Outbox(transport as unknown as MessageTransport, bounds, owner) }
}

function result(request: number): Message {
  return [RESULT, request, {}]
}

function eventMessage(publication: number): Event {
  return [EVENT, 1, publication, {}, payload()]
}

function event(publication: number, isShared = false): OutgoingEvent {
  return new OutgoingEvent(eventMessage(publication), isShared)
}
