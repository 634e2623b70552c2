import { describe, expect, it } from 'vitest'
import { ErrorEvent, ownErrorEvent } from '../../src/whatwg/error-event.ts'

describe.each([
  ['that is exported', ErrorEvent],
  ['for runtimes without one', ownErrorEvent()],
])('the class ErrorEvent %s', (_, Class) => {
  it('is an event with an error', () => {
    const error = new Error('lost')
    const event = new Class('error', { message: 'lost', error })
    expect(event).toBeInstanceOf(Event)
    expect(event).toMatchObject({ type: 'error', message: 'lost', error, filename: '', lineno: 0, colno: 0 })
    expect(String(event)).toBe('[object ErrorEvent]')
  })

  it('demands a type, and an object', () => {
    expect(() => Reflect.construct(Class, [])).toThrow(TypeError)
    expect(() => Reflect.construct(Class, ['error', 'no'])).toThrow(TypeError)
  })
})

// the class of Node 26 does not convert a negative line number
describe('the class ErrorEvent for runtimes without one', () => {
  it('converts its values as the standard says', () => {
    const given = { message: 5, filename: '\ud800', lineno: -1, colno: '3' } as unknown as { message: string }
    expect(new (ownErrorEvent())('error', given)).toMatchObject({ message: '5', filename: '\ufffd', lineno: 4_294_967_295, colno: 3 })
  })
})
