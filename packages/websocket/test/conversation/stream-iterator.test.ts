import { describe, expect, it } from 'vitest'
import type { IncomingStream } from '../../src/conversation/incoming-stream.ts'
import { StreamIterator } from '../../src/conversation/stream-iterator.ts'
import { arrive, begin, inboxOf } from './arrivals.ts'
import { raisesNothingUnhandled } from './talk.ts'

raisesNothingUnhandled()

describe('StreamIterator', () => {
  it('gives a message when its first octets have not come yet', async () => {
    const inbox = inboxOf()
    const next = new StreamIterator(inbox).next()
    begin(inbox)
    const stream = yielded(await next)
    inbox.dataCame(Uint8Array.of(1))
    inbox.messageEnded()
    expect(await collected(stream)).toEqual([1])
  })

  it('gives the next message when it is asked for, and tells the reader of the one before', async () => {
    const inbox = inboxOf()
    const streams = new StreamIterator(inbox)
    begin(inbox)
    inbox.dataCame(Uint8Array.of(1))
    const first = yielded(await streams.next())
    const second = streams.next()
    inbox.dataCame(Uint8Array.of(2))
    inbox.messageEnded()
    arrive(inbox, Uint8Array.of(3))
    expect(await collected(yielded(await second))).toEqual([3])
    await expect(collected(first)).rejects.toThrow('the next message was asked for before this one was read to its end')
  })

  it('skips the rest of a message when the loop is left', async () => {
    const inbox = inboxOf()
    begin(inbox)
    inbox.dataCame(Uint8Array.of(1))
    let left: IncomingStream | undefined
    for await (const stream of new StreamIterator(inbox)) {
      left = stream
      break
    }
    inbox.messageEnded()
    arrive(inbox, 'next')
    expect(inbox.next()).toBe('next')
    await expect(collected(left!)).rejects.toThrow('the loop over messages was left before this one was read to its end')
  })

  it('gives a step up that waits when it is left', async () => {
    const inbox = inboxOf()
    const streams = new StreamIterator(inbox)
    const next = streams.next()
    await streams.return()
    expect(await next).toEqual({ done: true, value: undefined })
    expect(await streams.next()).toEqual({ done: true, value: undefined })
    arrive(inbox, 'kept')
    expect(inbox.next()).toBe('kept')
  })

  it('is done at the end of the connection', async () => {
    const inbox = inboxOf()
    const streams = new StreamIterator(inbox)
    const next = streams.next()
    inbox.ended({ error: new Error('unused') as never, isClean: true })
    expect([await next, await streams.next()]).toEqual(Array(2).fill({ done: true, value: undefined }))
  })
})

function yielded(result: IteratorResult<IncomingStream, void>): IncomingStream {
  if (result.done === true) throw new Error('the iteration is over')
  return result.value
}

async function collected(stream: IncomingStream): Promise<number[]> {
  const octets: number[] = []
  for await (const piece of stream) octets.push(...piece)
  return octets
}
