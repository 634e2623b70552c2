import { describe, expect, it } from 'vitest'
import { Inbox, IncomingStream } from '../../src/functions/inbox.ts'
import { ConnectionClosed } from '../../src/protocol/errors.ts'
import { watched } from './talk.ts'

const lost = new ConnectionClosed(1006, 'gone')

describe('Inbox', () => {
  it('gives items in the order they came, to takers in the order they asked', async () => {
    const inbox = new Inbox<string>(() => undefined)
    inbox.put('a')
    inbox.put('b')
    const taken = [inbox.take(), inbox.take(), inbox.take(), inbox.take()]
    expect(inbox.isAwaited).toBe(true)
    inbox.put('c')
    inbox.put('d')
    expect(await Promise.all(taken)).toEqual(['a', 'b', 'c', 'd'])
    expect(inbox.isAwaited).toBe(false)
  })

  it('tells when something that waited was taken, and what waits still', async () => {
    const lengths: number[] = []
    const inbox: Inbox<string> = new Inbox<string>(
      () => lengths.push(inbox.length),
      text => text.length,
    )
    inbox.put('one')
    inbox.put('three')
    expect([inbox.length, inbox.weight]).toEqual([2, 8])
    await inbox.take()
    expect([inbox.length, inbox.weight]).toEqual([1, 5])
    await inbox.take()
    expect(lengths).toEqual([1, 0])
    expect(inbox.weight).toBe(0)
  })

  it('does not call it taken when somebody begins to wait', () => {
    let taken = 0
    const inbox = new Inbox<string>(() => taken++)
    void inbox.take()
    inbox.put('a')
    expect(taken).toBe(0)
  })

  it('forgets what waits when it is cleared', async () => {
    const inbox = new Inbox<string>(() => undefined)
    inbox.put('a')
    inbox.clear()
    expect([inbox.length, inbox.weight]).toEqual([0, 0])
    inbox.put('b')
    expect(await inbox.take()).toBe('b')
  })

  it('ends well: what waits is still given, then nothing', async () => {
    const inbox = new Inbox<string>(() => undefined)
    inbox.put('a')
    inbox.end(undefined)
    inbox.put('late')
    expect(await inbox.take()).toBe('a')
    expect(await inbox.take()).toBeUndefined()
  })

  it('ends badly: what waits is still given, then the error', async () => {
    const inbox = new Inbox<string>(() => undefined)
    inbox.put('a')
    inbox.end(lost)
    expect(await inbox.take()).toBe('a')
    await expect(inbox.take()).rejects.toBe(lost)
  })

  it('lets those go who wait at the end', async () => {
    const good = new Inbox<string>(() => undefined)
    const waiting = [good.take(), good.take()]
    good.end(undefined)
    expect(await Promise.all(waiting)).toEqual([undefined, undefined])
    const bad = new Inbox<string>(() => undefined)
    const taken = bad.take()
    bad.end(lost)
    await expect(taken).rejects.toBe(lost)
  })

  it('ends once, for good', async () => {
    const inbox = new Inbox<string>(() => undefined)
    inbox.end(undefined)
    inbox.end(lost)
    expect(await inbox.take()).toBeUndefined()
  })
})

describe('IncomingStream', () => {
  it('says whether it is binary', () => {
    expect([new IncomingStream(true).isBinary, new IncomingStream(false).isBinary]).toEqual([true, false])
  })

  it('takes one piece at a time from who pushes', async () => {
    const stream = new IncomingStream(true)
    const first = watched(stream.push(Uint8Array.of(1))!)
    const pieces = stream[Symbol.asyncIterator]()
    await Promise.resolve()
    expect(first.state).toBe('pending')
    expect(await pieces.next()).toEqual({ done: false, value: Uint8Array.of(1) })
    expect(first.state).toBe('resolved')
    const next = pieces.next()
    await Promise.resolve()
    expect(stream.push(Uint8Array.of(2))).toBeUndefined()
    expect(await next).toEqual({ done: false, value: Uint8Array.of(2) })
  })

  it('keeps a copy, because octets are lent', async () => {
    const stream = new IncomingStream(true)
    const lent = Uint8Array.of(1, 2)
    void stream.push(lent)
    lent.fill(0)
    stream.end()
    expect(await collected(stream)).toEqual([Uint8Array.of(1, 2)])
  })

  it('gives what waits before it tells of the lost connection', async () => {
    const stream = new IncomingStream(true)
    const pushed = stream.push(Uint8Array.of(1))!
    stream.end(lost)
    await pushed
    const pieces = stream[Symbol.asyncIterator]()
    expect((await pieces.next()).value).toEqual(Uint8Array.of(1))
    await expect(pieces.next()).rejects.toBe(lost)
  })

  it('takes everything and keeps nothing once it is abandoned', async () => {
    const stream = new IncomingStream(true)
    const pushed = stream.push(Uint8Array.of(1))!
    stream.abandon()
    await pushed
    expect(stream.push(Uint8Array.of(2))).toBeUndefined()
    stream.end()
    expect(await collected(stream)).toEqual([])
  })

  it('is abandoned by a reader who leaves', async () => {
    const stream = new IncomingStream(true)
    void stream.push(Uint8Array.of(1))
    for await (const _ of stream) break
    expect(stream.push(Uint8Array.of(2))).toBeUndefined()
    stream.end(lost)
    expect(await collected(stream)).toEqual([])
  })
})

async function collected(stream: IncomingStream): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return pieces
}
