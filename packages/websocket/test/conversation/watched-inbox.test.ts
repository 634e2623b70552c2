import { describe, expect, it } from 'vitest'
import { webText } from '../../src/bytes/text.ts'
import { MessageIterator } from '../../src/conversation/message-iterator.ts'
import { StreamIterator } from '../../src/conversation/stream-iterator.ts'
import { WatchedInbox } from '../../src/conversation/watched-inbox.ts'
import { ConnectionClosed } from '../../src/protocol/faults/errors.ts'
import { FakeClock } from '../../src/testing/index.ts'

const end = { error: new ConnectionClosed(1000, 'over'), isClean: true }

describe('WatchedInbox', () => {
  it('measures from when the application gets a message until it asks for the next one', async () => {
    const { inbox, clock, handled } = watching()
    const loop = new MessageIterator(inbox)
    const first = loop.next()
    clock.advance(100)
    inbox.wholeCame('grüße', 7)
    await first
    clock.advance(5)
    expect(handled).toEqual([])
    const second = loop.next()
    expect(handled).toEqual([{ isBinary: false, size: 7, duration: 5 }])
    clock.advance(100)
    inbox.wholeCame(new Uint8Array(3), 3)
    await second
    clock.advance(6)
    inbox.ended(end)
    expect(handled.slice(1)).toEqual([{ isBinary: true, size: 3, duration: 6 }])
  })

  it('measures a message that waited from when it is taken', async () => {
    const { inbox, clock, handled } = watching()
    inbox.wholeCame('one', 3)
    inbox.wholeCame('two', 3)
    clock.advance(100)
    const loop = new MessageIterator(inbox)
    await loop.next()
    clock.advance(5)
    await loop.next()
    clock.advance(6)
    inbox.ended(end)
    expect(handled).toEqual([
      { isBinary: false, size: 3, duration: 5 },
      { isBinary: false, size: 3, duration: 6 },
    ])
  })

  it('counts all octets of a stream, also those that come after the application got it', async () => {
    const { inbox, clock, handled } = watching()
    const loop = new StreamIterator(inbox)
    const first = loop.next()
    inbox.messageBegan(true)
    inbox.frameBegan(10)
    inbox.dataCame(new Uint8Array(4))
    const { value: stream } = await first
    inbox.dataCame(new Uint8Array(6))
    inbox.messageEnded()
    for await (const _ of stream!) clock.advance(1)
    const next = loop.next()
    expect(handled).toEqual([{ isBinary: true, size: 10, duration: 2 }])
    inbox.ended(end)
    await next
    expect(handled).toHaveLength(1)
  })

  it('ends the waits of loops as an inbox that is not watched does', async () => {
    const { inbox, handled } = watching()
    const loop = new MessageIterator(inbox)
    const waiting = loop.next()
    await loop.return()
    expect(await waiting).toEqual({ done: true, value: undefined })
    inbox.wholeCame('kept', 4)
    expect(inbox.next()).toBe('kept')
    expect(handled).toEqual([])
  })

  it('lets a later caller take the place of one that may have stopped waiting', () => {
    const { inbox } = watching()
    const calls: string[] = []
    const taker = (name: string, isDoubtful: boolean) => ({
      takes: 'message' as const,
      owner: {},
      isDoubtful,
      give: (message: unknown) => void calls.push(`${name} got ${message}`),
      end: () => void calls.push(`${name} ended`),
      stop: () => void calls.push(`${name} stopped`),
      replace: () => void calls.push(`${name} replaced`),
    })
    inbox.take(taker('doubtful', true))
    inbox.take(taker('sure', false))
    inbox.wholeCame('one', 3)
    expect(calls).toEqual(['doubtful replaced', 'sure got one'])
  })
})

function watching(): { inbox: WatchedInbox; clock: FakeClock; handled: object[] } {
  const clock = new FakeClock()
  const handled: object[] = []
  const limits = { maxMessagePayloadSize: 0, maxMessageFrames: 0 }
  const tooBig = (message: string): never => {
    throw new Error(message)
  }
  const watch = (isBinary: boolean, size: number, duration: number): void => void handled.push({ isBinary, size, duration })
  return { inbox: new WatchedInbox({ limits, runtime: { text: webText, clock }, tooBig }, watch), clock, handled }
}
