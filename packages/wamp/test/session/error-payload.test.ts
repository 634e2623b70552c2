import { describe, expect, it } from 'vitest'
import { errorPayload, isAbort } from '../../src/session/error-payload.ts'
import { WampError } from '../../src/session/wamp-error.ts'
import { MessageTooLarge } from '../../src/transports/message-transport.ts'

describe('errorPayload', () => {
  it.each([
    ['a WampError', new WampError('a.b', [1], { c: 2 }), undefined, false, ['a.b', { args: [1], kwargs: { c: 2 } }, false]],
    ['an error', new Error('secret'), undefined, false, ['wamp.error.runtime_error', undefined, true]],
    [
      'an error, exposed',
      new Error('secret'),
      undefined,
      true,
      ['wamp.error.runtime_error', { args: ['secret'], kwargs: { name: 'Error' } }, true],
    ],
    ['what is not an error, exposed', 5, undefined, true, ['wamp.error.runtime_error', { args: ['5'], kwargs: { name: 'Error' } }, true]],
    ['an abort', 'why', 'why', true, ['wamp.error.canceled', undefined, false]],
    ['too large', new MessageTooLarge(9, 5), undefined, false, ['wamp.error.payload_size_exceeded', expect.anything(), true]],
  ] as const)('of %s', (_, thrown, aborted, isExposed, [uri, payload, isReported]) => {
    expect(errorPayload(thrown, aborted, isExposed)).toEqual({ uri, payload, isReported })
  })
})

it.each([5, undefined, '', 'not a URI'])('an error with the URI %j is misuse', uri => {
  expect(() => errorPayload(new WampError(uri as string), undefined, false)).toThrow('the URI of a WampError must be a URI')
})

describe('isAbort', () => {
  it('is false while nothing was aborted', () => {
    expect(isAbort(new DOMException('x', 'AbortError'), undefined)).toBe(false)
  })

  it('is true for the reason itself, and for an AbortError', () => {
    const reason = new Error('gone')
    expect(isAbort(reason, reason)).toBe(true)
    expect(isAbort(new DOMException('x', 'AbortError'), reason)).toBe(true)
    expect(isAbort(new Error('a bug'), reason)).toBe(false)
  })
})
