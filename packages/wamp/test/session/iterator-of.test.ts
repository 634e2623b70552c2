import { expect, it } from 'vitest'
import { isSource, iteratorOf } from '../../src/session/iterator-of.ts'

async function* asynchronous() {
  yield 1
}

function* synchronous() {
  yield 1
}

it.each([asynchronous(), synchronous(), [1]])('iteratorOf reads any source', async source => {
  expect(await iteratorOf(source).next()).toEqual({ done: false, value: 1 })
})

it('isSource tells generators and streams from values', () => {
  expect(isSource(asynchronous())).toBe(true)
  expect(isSource(synchronous())).toBe(true)
  expect(isSource(new ReadableStream())).toBe(true)
  for (const value of [[1], new Map(), 'text', null, undefined, {}, new Uint8Array(1)]) expect(isSource(value)).toBe(false)
})
