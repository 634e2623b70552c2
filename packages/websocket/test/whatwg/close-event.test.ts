import { describe, expect, it } from 'vitest'
import { CloseEvent, ownCloseEvent } from '../../src/whatwg/close-event.ts'

describe.each([
  ['that is exported', CloseEvent],
  ['for runtimes without one', ownCloseEvent()],
])('the class CloseEvent %s', (_, Class) => {
  it('is an event with a code, a reason and whether the end was clean', () => {
    const event = new Class('close', { wasClean: true, code: 1000, reason: 'done', cancelable: true })
    expect(event).toBeInstanceOf(Event)
    expect(event).toMatchObject({ type: 'close', wasClean: true, code: 1000, reason: 'done', cancelable: true })
    expect(String(event)).toBe('[object CloseEvent]')
  })

  it('has defaults', () => {
    expect(new Class('close')).toMatchObject({ wasClean: false, code: 0, reason: '' })
  })

  it('converts its values as the standard says', () => {
    const given = { wasClean: 1, code: 65_537, reason: 'a\ud800' } as unknown as { code: number }
    expect(new Class('close', given)).toMatchObject({ wasClean: true, code: 1, reason: 'a\ufffd' })
  })

  it('demands a type, and an object', () => {
    expect(() => Reflect.construct(Class, [])).toThrow(TypeError)
    expect(() => Reflect.construct(Class, ['close', 1])).toThrow(TypeError)
    expect(Class.length).toBe(1)
  })

  it('has its members where the standard has them', () => {
    expect(Object.keys(Class.prototype)).toEqual(expect.arrayContaining(['wasClean', 'code', 'reason']))
    expect(() => Reflect.get(Class.prototype, 'code')).toThrow(TypeError)
  })
})
