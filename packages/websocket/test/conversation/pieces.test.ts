import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { abandon, asMisuse, isBlob, isPieces, iteratorOf, letGo } from '../../src/conversation/pieces.ts'
import { ApiMisuse } from '../../src/protocol/faults/errors.ts'

describe('isPieces', () => {
  it('is true of lists, generators and streams, and of no other collection', () => {
    const sources = [[], (function* () {})(), Readable.from([]), new ReadableStream()]
    const others = ['text', new Uint8Array(1), new Map(), new Set(), new URLSearchParams(), null, 5, {}]
    expect(sources.map(isPieces)).toEqual([true, true, true, true])
    expect(others.map(isPieces)).toEqual(others.map(() => false))
  })
})

describe('isBlob', () => {
  it('is true of blobs and files', () => {
    expect([new Blob([]), {}, new Uint8Array(1)].map(isBlob)).toEqual([true, false, false])
  })
})

describe('iteratorOf', () => {
  it('reads a ReadableStream by its reader, and cancels it at once', async () => {
    let isCancelled = false
    const stream = new ReadableStream({
      cancel() {
        isCancelled = true
      },
    })
    const iterator = iteratorOf(stream)
    void iterator.next()
    letGo(iterator, stream)
    expect(isCancelled).toBe(true)
  })

  it('throws ApiMisuse where there is no iterator, and for a stream that has another reader', () => {
    const stream = new ReadableStream()
    stream.getReader()
    expect(() => iteratorOf(stream)).toThrow(ApiMisuse)
    expect(() => iteratorOf({ [Symbol.iterator]: () => 5 } as never)).toThrow('a source of octets must have an iterator, and not 5')
  })
})

describe('abandon', () => {
  it('ends sources that have not begun, and leaves what cannot be ended', () => {
    const stream = new Readable({ read: () => undefined })
    const locked = new ReadableStream()
    locked.getReader()
    let hasRun = false
    const generator = (function* () {
      hasRun = true
      yield new Uint8Array(1)
    })()
    for (const source of [stream, locked, generator, new Blob([]), [new Uint8Array(1)]]) abandon(source)
    expect({ isDestroyed: stream.destroyed, hasRun, next: generator.next() }).toEqual({
      isDestroyed: true,
      hasRun: false,
      next: { done: true, value: undefined },
    })
  })
})

describe('asMisuse', () => {
  it('keeps an error of misuse, and makes one of any other with it as the cause', () => {
    const misuse = new ApiMisuse('as it was')
    const cause = new Error('locked')
    expect(asMisuse(misuse, 'a payload')).toBe(misuse)
    expect(asMisuse(cause, 'a payload')).toEqual(new ApiMisuse('a payload: locked', { cause }))
  })
})
