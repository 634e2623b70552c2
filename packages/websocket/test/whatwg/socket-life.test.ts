import { describe, expect, it } from 'vitest'
import { SocketLife } from '../../src/whatwg/socket-life.ts'
import { MemoryDial, recorded } from './memory-dial.ts'

describe('SocketLife', () => {
  it('announces its states', async () => {
    const { life, events, dial } = begun()
    expect(life.readyState).toBe(0)
    const { peer, clock } = await dial.server()
    peer.accept()
    await clock.settle()
    expect([life.readyState, ...events]).toEqual([1, 'open'])
    life.close(3000, 'bye')
    expect(life.readyState).toBe(2)
    await clock.settle()
    expect(peer.frames.map(String)).toEqual(['close 3000 bye'])
    peer.writeFrame({ opcode: 8, payload: [0x0b, 0xb8] })
    peer.end()
    await clock.settle()
    expect([life.readyState, ...events]).toEqual([3, 'open', 'close 3000  true'])
  })

  it('sends octets as they were when send was called, and Blobs in their turn', async () => {
    const { life, dial } = await open()
    const octets = new Uint8Array(10_000).fill(65)
    life.send(octets)
    octets.fill(66)
    life.send(new Blob(['from ', 'a blob']))
    const kept = Uint8Array.of(1)
    life.send(kept)
    kept[0] = 2
    life.send({ toString: () => 'an object' })
    expect(life.bufferedAmount).toBe(10_000 + 11 + 1 + 9)
    const { peer, clock } = await dial.server()
    await clock.settle()
    const [first, ...rest] = peer.frames
    expect(first?.payload).toEqual(new Uint8Array(10_000).fill(65))
    expect(rest.map(frame => [...frame.payload])).toEqual([[...Buffer.from('from a blob')], [1], [...Buffer.from('an object')]])
    expect(life.bufferedAmount).toBe(0)
  })

  it('sends what waits for a Blob before it closes', async () => {
    const { life, dial } = await open()
    life.send(new Blob(['blob']))
    life.close(undefined, '')
    life.send('lost')
    expect(life.bufferedAmount).toBe(8)
    const { peer, clock } = await dial.server()
    await clock.settle()
    expect(peer.frames.map(String)).toEqual(['binary 4 octets', 'close 0 octets'])
    expect(life.bufferedAmount).toBe(4)
  })

  it('copies octets also where frames are not masked', async () => {
    const { life, dial } = await open({ autoPingInterval: 0, maskClientFrames: false })
    const octets = new Uint8Array(100_000)
    life.send(octets)
    octets.fill(1)
    const { peer, clock } = await dial.server()
    await clock.settle()
    expect(peer.frames[0]?.payload.every(octet => octet === 0)).toBe(true)
  })

  it('gives binary messages as binaryType says, each with an ArrayBuffer of its own', async () => {
    const { life, target, dial } = await open()
    const data: unknown[] = []
    target.addEventListener('message', event => data.push((event as MessageEvent).data))
    const { peer, clock } = await dial.server()
    peer.writeFrame({ opcode: 2, payload: [1, 2] })
    await clock.settle()
    life.binaryType = 'arraybuffer'
    const hundred = Array.from({ length: 100 }, (_, i) => i)
    peer.write([0x82, 100, ...hundred, 0x82, 100, ...hundred])
    await clock.settle()
    expect(await (data[0] as Blob).arrayBuffer()).toEqual(Uint8Array.of(1, 2).buffer)
    expect(data.slice(1)).toEqual([Uint8Array.from(hundred).buffer, Uint8Array.from(hundred).buffer])
  })

  it('lets promises run between two messages that came in one read, and before the end', async () => {
    const { target, dial, life } = begun()
    const received: unknown[] = []
    void (async () => {
      for (;;) {
        const next = await new Promise<Event>(resolve => {
          for (const type of ['open', 'message', 'close']) target.addEventListener(type, resolve, { once: true })
        })
        received.push(next.type === 'message' ? (next as MessageEvent).data : next.type, life.readyState)
        await undefined
        if (next.type === 'close') return
      }
    })()
    const { peer, clock } = await dial.server()
    peer.accept()
    peer.write([0x81, 1, 0x61, 0x81, 1, 0x62, 0x81, 1, 0x63, 0x88, 0])
    peer.end()
    await clock.settle()
    expect(received).toEqual(['open', 1, 'a', 1, 'b', 1, 'c', 1, 'close', 3])
  })

  it('sends the answers to messages of one read in one write', async () => {
    const { life, target, dial } = await open()
    target.addEventListener('message', event => life.send((event as MessageEvent).data))
    const { peer, clock } = await dial.server()
    const writes: number[] = []
    const before = peer.received.length
    const sent = Array.from({ length: 5 }, (_, i) => [0x81, 1, 0x61 + i]).flat()
    peer.write(sent)
    for (let turns = 0; turns < 50; turns++) {
      await undefined
      clock.flush()
      writes.push(peer.received.length - before)
    }
    // the first answer leaves within the read event, and the others together
    expect([...new Set(writes)].filter(length => length > 0)).toEqual([7, 35])
  })

  it('does not deliver messages after close', async () => {
    const { life, events, dial } = await open()
    life.close(undefined, '')
    const { peer, clock } = await dial.server()
    peer.writeFrame({ payload: 'late' })
    await clock.settle()
    expect(events).toEqual(['open'])
  })

  it('tells of the closing of the server before the connection is gone', async () => {
    const { life, dial, events } = await open()
    const { peer, clock } = await dial.server()
    peer.writeFrame({ opcode: 8, payload: [] })
    await clock.settle()
    expect(life.readyState).toBe(2)
    peer.end()
    await clock.settle()
    expect(events).toEqual(['open', 'close 1005  true'])
  })

  it('reports a fault of the server, and a connection that is lost, with an error', async () => {
    for (const end of ['fault', 'reset'] as const) {
      const { life, dial, events, target } = await open()
      const errors: unknown[] = []
      target.addEventListener('error', event => errors.push((event as ErrorEvent).error))
      const { peer, clock } = await dial.server()
      if (end === 'fault') peer.write([0x83, 0])
      else peer.reset()
      await clock.settle(5000)
      expect(events).toEqual(['open', 'error', 'close 1006  false'])
      expect(errors).toEqual([expect.any(Error)])
      expect(life.readyState).toBe(3)
    }
  })

  it('gives up to connect, and fails where the server refuses', async () => {
    const { life, dial, events } = begun()
    life.close(undefined, '')
    expect([life.readyState, ...events]).toEqual([2])
    await (await dial.server())?.clock.settle()
    await new Promise(setImmediate)
    expect([life.readyState, ...events]).toEqual([3, 'error', 'close 1006  false'])

    const refused = begun()
    const { peer, clock } = await refused.dial.server()
    peer.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')
    await clock.settle()
    expect([refused.life.readyState, ...refused.events]).toEqual([3, 'error', 'close 1006  false'])
  })

  it('counts what it could not send, for ever', async () => {
    const { life, dial } = await open()
    const { peer, clock } = await dial.server()
    peer.reset()
    life.send('early')
    await clock.settle()
    life.send('äb')
    expect(life.bufferedAmount).toBe(5 + 3)
  })

  it('throws before it is open', () => {
    const { life } = begun()
    expect(() => life.send('early')).toThrow(expect.objectContaining({ name: 'InvalidStateError' }))
    expect(life.bufferedAmount).toBe(0)
  })

  it('refuses options that cannot be used at once', () => {
    const wrong = { sendHighWaterMark: -1 }
    expect(() => begun(wrong)).toThrow('option sendHighWaterMark must be')
  })

  it('tells what was negotiated', async () => {
    const { life } = await open()
    expect([life.protocol, life.extensions, life.url]).toEqual(['', '', 'ws://test/chat'])
  })
})

function begun(options?: ConstructorParameters<typeof MemoryDial>[0]): {
  life: SocketLife
  target: EventTarget
  events: string[]
  dial: MemoryDial
} {
  const target = new EventTarget()
  const dial = new MemoryDial(options)
  return { target, events: recorded(target), dial, life: new SocketLife(target, new URL('ws://test/chat'), [], dial.dial) }
}

async function open(options?: ConstructorParameters<typeof MemoryDial>[0]): Promise<ReturnType<typeof begun>> {
  const begin = begun(options)
  const { peer, clock } = await begin.dial.server()
  peer.accept()
  await clock.settle()
  return begin
}
