import { checkOptions } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import { callMessage, checkUri, eventPayload } from '../../src/client/request-arguments.ts'

describe('checkUri', () => {
  it.each([
    ['com.example', undefined, true],
    ['Com-Example.ü', undefined, true],
    ['com..example', undefined, false],
    ['com..example', 'wildcard', true],
    ['com.', 'prefix', true],
    ['', 'prefix', true],
    ['', undefined, false],
    ['a b', 'wildcard', false],
    ['a#b', undefined, false],
    [5, undefined, false],
  ] as const)('%j with the match %s: %s', (uri, match, isGood) => {
    if (isGood) checkUri('a topic', uri, match)
    else expect(() => checkUri('a topic', uri, match)).toThrow('a topic must be')
  })
})

describe('callMessage', () => {
  it('shares what is empty', () => {
    const [one, other] = [
      callMessage('call', 'a', undefined, undefined, undefined, checkOptions),
      callMessage('call', 'a', [], {}, undefined, checkOptions),
    ]
    expect(one.payload).toBeUndefined()
    expect(other.payload).toBeUndefined()
    expect(one.request).toBe(other.request)
  })

  it('takes a generator for chunks, and a list for arguments', () => {
    function* source() {
      yield 1
    }
    const chunks = source()
    expect(callMessage('call', 'a', chunks, undefined, undefined, checkOptions).request.chunks).toBe(chunks)
    expect(callMessage('call', 'a', [chunks], undefined, undefined, checkOptions).payload?.args[0]).toBe(chunks)
    expect(() => callMessage('call', 'a', new Uint8Array(3) as never, undefined, undefined, checkOptions)).toThrow('must be a list')
  })
})

it('eventPayload checks topic and values', () => {
  expect(eventPayload('a', [1], { b: 2 })).toMatchObject({ args: [1], kwargs: { b: 2 } })
  expect(() => eventPayload('a', undefined, 5 as never)).toThrow('the keywords of publish must be a plain object')
})
