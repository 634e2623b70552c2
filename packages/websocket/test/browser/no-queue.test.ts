import { expect, it } from 'vitest'
import { NoQueue } from '../../src/browser/no-queue.ts'
import { OfflineQueue } from '../../src/reconnect/offline-queue.ts'

const queues = () => [new NoQueue(), new OfflineQueue<unknown, { readonly signal?: AbortSignal } | undefined>(0, 0)]

it.each<[string, unknown, unknown?]>([
  ['a text', 'a'],
  ['octets', new Uint8Array(1)],
  ['a source', { async *[Symbol.asyncIterator]() {} }],
  ['what is not a message', 5],
  ['nothing', undefined],
  ['what is not a signal', 'a', { signal: 5 }],
  ['a signal that is aborted', 'a', { signal: AbortSignal.abort(new Error('enough')) }],
])('refuses %s as a queue without room does', async (_, message, options) => {
  const [ours, theirs] = await Promise.all(queues().map(queue => outcome(queue, message, options)))
  expect(ours).toEqual(theirs)
  expect(ours).not.toBeUndefined()
})

it('rejects with the first error that has ended it', async () => {
  for (const queue of queues()) {
    queue.flush(() => Promise.resolve())
    queue.end(new Error('closed'))
    queue.end(new Error('again'))
    await expect(queue.add('a', undefined)).rejects.toThrow('closed')
  }
})

/** Returns what adding a message throws or rejects with, by name and message. */
async function outcome(queue: ReturnType<typeof queues>[number], message: unknown, options: unknown): Promise<unknown> {
  try {
    await queue.add(message, options as never)
    return undefined
  } catch (error) {
    return [(error as Error).name, (error as Error).message]
  }
}
