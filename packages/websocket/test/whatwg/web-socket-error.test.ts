import { describe, expect, it } from 'vitest'
import { closeInfoArguments, endedWith, WebSocketError } from '../../src/whatwg/web-socket-error.ts'

describe('WebSocketError', () => {
  it('is a DOMException with a code and a reason', () => {
    const error = new WebSocketError('why', { closeCode: 4000, reason: 'r' })
    expect(error).toBeInstanceOf(DOMException)
    expect(error).toBeInstanceOf(WebSocketError)
    expect([error.name, error.message, error.closeCode, error.reason, error.code]).toEqual(['WebSocketError', 'why', 4000, 'r', 0])
  })

  it('has no code by default, and 1000 for a reason alone', () => {
    expect(new WebSocketError()).toMatchObject({ closeCode: null, reason: '', message: '' })
    expect(new WebSocketError('', { reason: 'r' })).toMatchObject({ closeCode: 1000 })
  })

  it('refuses codes that applications may not use', () => {
    expect(() => new WebSocketError('', { closeCode: 1001 })).toThrow(expect.objectContaining({ name: 'InvalidAccessError' }))
    expect(() => new WebSocketError('', { reason: 'x'.repeat(124) })).toThrow(expect.objectContaining({ name: 'SyntaxError' }))
  })
})

it('endedWith takes every code, and keeps the cause', () => {
  const cause = new Error('reset')
  expect(endedWith('lost', 1006, '', cause)).toMatchObject({ closeCode: 1006, message: 'lost', cause, name: 'WebSocketError' })
})

it('closeInfoArguments takes nothing for an empty object, and refuses what is not an object', () => {
  expect(closeInfoArguments(null, 'it')).toEqual({ code: undefined, reason: '' })
  expect(() => closeInfoArguments(true, 'the argument of close')).toThrow(TypeError)
})
