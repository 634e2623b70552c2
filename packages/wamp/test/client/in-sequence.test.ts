import { expect, it } from 'vitest'
import { InSequence } from '../../src/client/in-sequence.ts'

const event = (n: number) => ({ topic: 'a', args: [n], kwargs: {}, details: {}, publication: n })

it('InSequence calls handlers without promises at once', () => {
  const seen: unknown[] = []
  const sequence = new InSequence(
    ({ publication }) => seen.push(publication),
    1,
    () => expect.unreachable(),
  )
  for (const n of [1, 2, 3]) sequence.received(event(n))
  expect(seen).toEqual([1, 2, 3])
})

it('InSequence goes on with handlers of both kinds', async () => {
  const seen: unknown[] = []
  const sequence = new InSequence(
    ({ publication }) => {
      seen.push(publication)
      return publication % 2 === 1 ? Promise.resolve() : undefined
    },
    9,
    () => expect.unreachable(),
  )
  for (const n of [1, 2, 3, 4]) sequence.received(event(n))
  expect(seen).toEqual([1])
  await new Promise(resolve => setImmediate(resolve))
  expect(seen).toEqual([1, 2, 3, 4])
})

it('InSequence drops what is above its bound, and what waits when it stops', async () => {
  let dropped = 0
  const seen: unknown[] = []
  const sequence = new InSequence(
    ({ publication }) => {
      seen.push(publication)
      return Promise.resolve()
    },
    1,
    () => dropped++,
  )
  for (const n of [1, 2, 3]) sequence.received(event(n))
  sequence.stop()
  await new Promise(resolve => setImmediate(resolve))
  expect([seen, dropped, sequence.dropped]).toEqual([[1], 1, 1])
})
