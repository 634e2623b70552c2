import { describe, expect, it } from 'vitest'
import { errorOf, isWampError, WampError } from '../../src/session/wamp-error.ts'

describe('WampError', () => {
  it('carries a URI, values and keywords', () => {
    const error = new WampError('com.example.no_stock', ['x1'], { left: 0 })
    expect(error).toMatchObject({ name: 'WampError', uri: 'com.example.no_stock', args: ['x1'], kwargs: { left: 0 } })
    expect(error.message).toBe('x1 (com.example.no_stock)')
  })

  it.each([[undefined], [[]], [[5]], [['']]])('has its URI for a message where the first value is not text: %j', args => {
    expect(new WampError('com.example.error', args).message).toBe('com.example.error')
  })

  it('may have a cause and a message of its own', () => {
    const cause = new Error('disk full')
    expect(new WampError('a', [], {}, { cause, message: 'no room' })).toMatchObject({ cause, message: 'no room' })
    expect(new WampError('a')).not.toHaveProperty('cause')
  })

  it('is made of an ERROR message', () => {
    expect(errorOf('a.b', { args: [1], kwargs: { c: 2 } })).toMatchObject({ uri: 'a.b', args: [1], kwargs: { c: 2 } })
    expect(errorOf('a.b', undefined)).toMatchObject({ args: [], kwargs: {} })
  })
})

describe('isWampError', () => {
  it('tells a WampError, and one of a URI', () => {
    const error: unknown = new WampError('a.b')
    expect(isWampError(error)).toBe(true)
    expect(isWampError(error, 'a.b')).toBe(true)
    expect(isWampError(error, 'a.c')).toBe(false)
    expect(isWampError(new Error('a.b'))).toBe(false)
    expect(isWampError(undefined)).toBe(false)
  })

  it('takes several spellings for one', () => {
    expect(isWampError(new WampError('wamp.error.cancelled'), 'wamp.error.canceled')).toBe(true)
    expect(isWampError(new WampError('wamp.error.canceled'), 'wamp.error.cancelled')).toBe(true)
  })
})
