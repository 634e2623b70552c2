import { describe, expect, it } from 'vitest'
import { MessageQueue } from '../../src/conversation/message-queue.ts'
import { WholeStreams } from '../../src/conversation/whole-streams.ts'
import { ConnectionClosed } from '../../src/protocol/faults/errors.ts'

describe('WholeStreams', () => {
  it('gives each message in one piece of octets, and an empty one in none', async () => {
    const seen: unknown[] = []
    for await (const { isBinary, pieces } of read('ä', Uint8Array.of(1, 2), '')) seen.push({ isBinary, pieces })
    expect(seen).toEqual([
      { isBinary: false, pieces: [[0xc3, 0xa4]] },
      { isBinary: true, pieces: [[1, 2]] },
      { isBinary: false, pieces: [] },
    ])
  })

  it('lets nobody read on in a message that was skipped', async () => {
    const streams = new WholeStreams(queueOf('one', 'two'))
    const first = (await streams.next()).value!
    const second = (await streams.next()).value!
    await expect(all(first)).rejects.toThrow('the next message was asked for before this one was read to its end')
    await streams.return()
    await expect(all(second)).rejects.toThrow('the loop over messages was left before this one was read to its end')
    expect(await streams.next()).toEqual({ done: true, value: undefined })
  })

  it('lets a message be read that was read before', async () => {
    const streams = new WholeStreams(queueOf('one', 'two'))
    const first = (await streams.next()).value!
    expect(await all(first)).toEqual([[0x6f, 0x6e, 0x65]])
    await streams.next()
    expect(await all(first)).toEqual([])
  })

  it('throws where the connection is lost', async () => {
    const queue = queueOf()
    queue.ended({ error: new ConnectionClosed(1006, 'lost'), isClean: false })
    await expect(new WholeStreams(queue).next()).rejects.toThrow('lost')
  })
})

async function* read(...messages: readonly (string | Uint8Array<ArrayBuffer>)[]) {
  const queue = queueOf(...messages)
  queue.ended({ error: new ConnectionClosed(1000, 'over'), isClean: true })
  for await (const stream of new WholeStreams(queue)) yield { isBinary: stream.isBinary, pieces: await all(stream) }
}

function queueOf(...messages: readonly (string | Uint8Array<ArrayBuffer>)[]): MessageQueue {
  const queue = new MessageQueue()
  for (const message of messages) queue.came(message, message.length)
  return queue
}

async function all(stream: AsyncIterable<Uint8Array>): Promise<number[][]> {
  const pieces: number[][] = []
  for await (const piece of stream) pieces.push([...piece])
  return pieces
}
