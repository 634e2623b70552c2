import { describe, expect, it } from 'vitest'
import type { Octets } from '../../../src/bytes/octets.ts'
import { PayloadMemory } from '../../../src/bytes/payload-memory.ts'
import { HookRunner } from '../../../src/protocol/hooks/hook-runner.ts'
import type { Hooks } from '../../../src/protocol/hooks/hooks.ts'
import { HookDelivery, MessageDelivery } from '../../../src/protocol/receiving/delivery.ts'
import { MessageCollector } from '../../../src/protocol/receiving/message-collector.ts'
import { FakeClock } from '../../../src/testing/index.ts'
import { type Call, openServer, recording, settled } from '../opened.ts'
import { counting, frame, summary } from '../wire.ts'

describe('MessageDelivery', () => {
  for (const [start, end] of [
    [0, 0],
    [10, 50],
    [0, 100],
  ] as const) {
    it(`gives a copy of ${end - start} octets, since what was received is lent`, () => {
      const chunk = counting(100)
      const { delivery, received } = make()
      deliver(delivery, [chunk, start, end, 0])
      chunk.fill(0)
      expect(received[0]).toEqual(counting(100).subarray(start, end))
      expect(Object.getPrototypeOf(received[0])).toBe(Uint8Array.prototype)
    })
  }

  it('joins what arrives in pieces', () => {
    const { delivery, received } = make()
    deliver(delivery, [Uint8Array.of(1, 2), 0, 2, 1], [Uint8Array.of(3), 0, 1, 0])
    expect([...received[0]!]).toEqual([1, 2, 3])
  })

  it('joins what an extension emits after what looked like the whole message', () => {
    const { delivery, received } = make()
    deliver(delivery, [Uint8Array.of(1), 0, 1, 0], [Uint8Array.of(2), 0, 1, 0], [Uint8Array.of(3), 0, 1, 0])
    deliver(delivery, [Uint8Array.of(4), 0, 1, 0])
    expect(received.map(payload => [...payload])).toEqual([[1, 2, 3], [4]])
  })

  it('gives each message octets of its own', () => {
    const { delivery, received } = make()
    deliver(delivery)
    deliver(delivery, [Uint8Array.of(1), 0, 1, 1], [Uint8Array.of(1), 0, 1, 0])
    deliver(delivery, [Uint8Array.of(2), 0, 1, 1], [Uint8Array.of(2), 0, 1, 0])
    received[1]!.fill(9)
    expect(received.map(payload => [...payload])).toEqual([[], [9, 9], [2, 2]])
  })

  it('shares memory among messages that were received together, and with none that waits for a hook', () => {
    const { delivery, received, runner } = make()
    const chunk = counting(1000)
    for (const at of [0, 100]) deliver(delivery, [chunk, at, at + 100, 0])
    runner.pause()
    deliver(delivery, [chunk, 200, 300, 0])
    runner.resume()
    expect(received.map(({ buffer }) => buffer.byteLength)).toEqual([1000, 1000, 100])
    expect(received[1]!.buffer).toBe(received[0]!.buffer)
  })

  it('joins in several turns what came in many MiB of unknown number, and holds what is behind it meanwhile', async () => {
    const { delivery, received, runner, clock } = make()
    deliverManyMiB(delivery)
    deliver(delivery, [Uint8Array.of(7), 0, 1, 0])
    expect([received.length, runner.isHeld]).toEqual([0, true])
    await settled(clock)
    expect(received.map(payload => payload.length)).toEqual([5 * 1024 * 1024, 1])
    expect(received[0]!.every((octet, at) => octet === (at >> 16) % 256)).toBe(true)
  })

  it('serves another connection, and still joins for the one before', async () => {
    const { delivery, received, clock } = make()
    deliverManyMiB(delivery)
    const second = make()
    delivery.release(false)
    delivery.serve(second.runner, second.hooks, undefined)
    deliver(delivery, [Uint8Array.of(7), 0, 1, 0])
    expect({ first: received.length, second: second.received.map(payload => [...payload]) }).toEqual({ first: 0, second: [[7]] })
    await settled(clock)
    expect({ first: received.map(payload => payload.length), second: second.received.length }).toEqual({
      first: [5 * 1024 * 1024],
      second: 1,
    })
  })

  for (const keepsMemory of [false, true]) {
    it(`shares no memory between the connections that it serves one after the other${keepsMemory ? ', where they keep theirs' : ''}`, () => {
      const connections = [make(), make()]
      const { delivery } = connections[0]!
      const chunk = counting(1000)
      const kept: (PayloadMemory | undefined)[] = []
      for (let turn = 0; turn < 4; turn++) {
        const { runner, hooks } = connections[turn % 2]!
        delivery.serve(runner, hooks, kept[turn % 2])
        deliver(delivery, [chunk, 100 * turn, 100 * turn + 100, 0])
        kept[turn % 2] = delivery.release(keepsMemory)
      }
      const [first, second] = connections.map(({ received }) => received.map(({ buffer }) => buffer))
      expect(first!.filter(buffer => second!.includes(buffer))).toEqual([])
      expect([first, second].map(buffers => buffers![0] === buffers![1])).toEqual([keepsMemory, keepsMemory])
      expect(kept.map(memory => memory !== undefined)).toEqual([keepsMemory, keepsMemory])
    })
  }

  it('gives nothing to an application whose connection ended meanwhile', async () => {
    const { delivery, received, runner, clock } = make()
    deliverManyMiB(delivery)
    runner.stop()
    await settled(clock)
    expect(received).toEqual([])
  })
})

describe('HookDelivery', () => {
  it('predicts what the hooks will keep of a message before onMessageBegin is called', async () => {
    const runner = new HookRunner({ readingReleased: () => undefined, hookFailed: () => undefined })
    const hooks = { keeps: 'nothing', willKeep: 'message', onMessageBegin: () => undefined } as unknown as Hooks
    const delivery = new HookDelivery(runner, hooks, new MessageCollector(), new PayloadMemory())
    delivery.messageBegan(true)
    expect(delivery.keeps).toBe('nothing')
    runner.pause()
    delivery.messageBegan(true)
    expect(delivery.keeps).toBe('message')
    runner.resume()
    expect(delivery.keeps).toBe('nothing')
  })

  it('gives payloads that a hook may keep while its promise is pending', async () => {
    const kept: Octets[] = []
    const Keeping = class extends recording('streams', []) {
      override async onMessageFrameData(payload: Octets): Promise<void> {
        kept.push(payload)
      }
    }
    const { stream } = openServer(Keeping)
    stream.receive(Uint8Array.from([...frame(2, [1, 2]), ...frame(2, [3])]))
    await new Promise(resolve => setImmediate(resolve))
    expect(kept.map(octets => [...octets])).toEqual([[1, 2], [3]])
  })

  it('gives data that an extension emitted while a hook was pending in memory of its own, which a transfer does not reach', async () => {
    const kept: Octets[] = []
    const hooks = {
      onMessageBegin: nothing,
      onMessageFrameBegin: nothing,
      async onMessageFrameData(payload: Octets): Promise<void> {
        await undefined
        kept.push(structuredClone(payload, { transfer: [payload.buffer] }))
      },
    } as unknown as Hooks
    const runner = new HookRunner({ readingReleased: nothing, hookFailed: nothing })
    const delivery = new HookDelivery(runner, hooks, new MessageCollector(), new PayloadMemory())
    const chunk = counting(1000)
    for (const at of [0, 100, 200]) delivery.frameData(chunk, at, at + 100)
    await new Promise(resolve => setImmediate(resolve))
    expect(kept).toEqual([0, 100, 200].map(at => chunk.slice(at, at + 100)))
  })

  it('lends the received octets to hooks that copy what they keep, and copies those for a hook that has to wait', async () => {
    const seen: Octets[] = []
    let hookEnds: () => void = nothing
    const hooks = {
      onMessageFrameData(payload: Octets): Promise<void> {
        seen.push(payload)
        return new Promise(resolve => {
          hookEnds = resolve
        })
      },
    } as unknown as Hooks
    const runner = new HookRunner({ readingReleased: nothing, hookFailed: nothing })
    const delivery = new HookDelivery(runner, hooks, new MessageCollector(), new PayloadMemory(), { lends: true })
    const chunk = counting(200)
    delivery.frameData(chunk, 0, 100)
    delivery.frameData(chunk, 100, 200)
    hookEnds()
    await new Promise(resolve => setImmediate(resolve))
    expect(seen).toEqual([counting(200).subarray(0, 100), counting(200).subarray(100)])
    expect(seen.map(octets => octets.buffer === chunk.buffer)).toEqual([true, false])
  })

  it('copies octets that come from within another hook, because their own hook has to wait for it', () => {
    const seen: Octets[] = []
    const chunk = counting(200)
    const hooks = {
      onMessageFrameData(payload: Octets): void {
        seen.push(payload)
        if (seen.length === 1) delivery.frameData(chunk, 100, 200)
      },
    } as unknown as Hooks
    const runner = new HookRunner({ readingReleased: nothing, hookFailed: nothing })
    const delivery = new HookDelivery(runner, hooks, new MessageCollector(), new PayloadMemory(), { lends: true })
    delivery.frameData(chunk, 0, 100)
    expect(seen.map(octets => octets.buffer === chunk.buffer)).toEqual([true, false])
    expect(seen[1]).toEqual(chunk.subarray(100))
  })

  for (const [length, reported] of [
    [2n ** 53n - 1n, 2 ** 53 - 1],
    [2n ** 53n, 2n ** 53n],
    [2n ** 63n - 1n, 2n ** 63n - 1n],
  ] as const) {
    const header = Uint8Array.from([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    new DataView(header.buffer).setBigUint64(2, length)

    it(`begins a frame of ${length} octets where both limits of size are 0, and says its length as a ${typeof reported}`, () => {
      const calls: Call[] = []
      const { stream } = openServer(recording('streams', calls), { maxFramePayloadSize: 0, maxMessagePayloadSize: 0 })
      stream.receive(header, [1, 2, 3])
      expect(calls.slice(1)).toEqual([
        ['onMessageBegin', true],
        ['onMessageFrameBegin', reported, 0],
        ['onMessageFrameData', [1, 2, 3]],
      ])
    })

    for (const limits of [{ maxFramePayloadSize: 0 }, { maxMessagePayloadSize: 0 }]) {
      it(`refuses a frame of ${length} octets where only ${Object.keys(limits)[0]} is 0`, () => {
        const { stream } = openServer(recording('streams', []), limits)
        stream.receive(header)
        expect(summary(stream.sent())).toEqual([
          `8:1009 ${'maxFramePayloadSize' in limits ? 'message' : 'frame'} of ${length} octets is above the limit of 16777216`,
        ])
      })
    }
  }

  it('tells a tap the nearest number of a length above 2^53-1', () => {
    const lengths: number[] = []
    const wireTap = { frameReceived: ({ length }: { readonly length: number }) => void lengths.push(length) }
    const { stream } = openServer(recording('streams', []), { maxFramePayloadSize: 0, maxMessagePayloadSize: 0, wireTap })
    stream.receive([0x82, 0xff, 0x7f, ...Array(7).fill(0xff), 0, 0, 0, 0])
    expect(lengths).toEqual([2 ** 63])
  })

  it('calls onMessageFrameData once for an empty frame', () => {
    const calls: Call[] = []
    const { stream } = openServer(recording('streams', calls))
    stream.receive(frame(2))
    expect(calls.slice(1)).toEqual([
      ['onMessageBegin', true],
      ['onMessageFrameBegin', 0, 0],
      ['onMessageFrameData', []],
      ['onMessageFrameEnd'],
      ['onMessageEnd'],
    ])
  })
})

function make() {
  const received: Octets[] = []
  const hooks = { onMessage: (payload: Octets) => void received.push(payload) } as unknown as Hooks
  const runner = new HookRunner({ readingReleased: () => undefined, hookFailed: () => undefined })
  const clock = new FakeClock()
  return { delivery: new MessageDelivery(runner, hooks, new PayloadMemory(), clock), received, runner, hooks, clock }
}

function deliverManyMiB(delivery: MessageDelivery): void {
  const pieces = Array.from({ length: 80 }, (_, i) => [new Uint8Array(65_536).fill(i), 0, 65_536, 0] as const)
  deliver(delivery, ...pieces)
}

function deliver(delivery: MessageDelivery, ...pieces: readonly Readonly<Parameters<MessageDelivery['frameData']>>[]): void {
  delivery.messageBegan(true)
  delivery.frameBegan(0, 0, true)
  for (const piece of pieces) delivery.frameData(...piece)
  delivery.frameEnded()
  delivery.messageEnded()
}

function nothing(): undefined {}
