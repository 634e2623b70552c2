import { expect, it } from 'vitest'
import { endSource, isSource, iteratorOf, stepOf } from '../../src/session/iterator-of.ts'

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

it('endSource ends a source that has an end, and hands on what that throws or rejects with', async () => {
  const failures: unknown[] = []
  const failed = (error: unknown): unknown => failures.push(error)
  const next = (): never => {
    throw new Error('not asked')
  }
  const late = Promise.reject(new Error('late'))
  endSource({ next }, failed)
  endSource({ next, return: () => ({ done: true, value: 1 }) }, failed)
  endSource({ next, return: next }, failed)
  endSource({ next, return: () => late }, failed)
  await late.catch(() => undefined)
  expect(failures).toEqual([new Error('not asked'), new Error('late')])
})

it('stepOf refuses what is not an object', () => {
  expect(stepOf({ done: false, value: 1 })).toEqual({ done: false, value: 1 })
  for (const step of [undefined, null, 5]) expect(() => stepOf(step)).toThrow('next of an iterator must return an object, and not')
})
