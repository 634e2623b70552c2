import { describe, expect, it } from 'vitest'
import { EventHandlers } from '../../src/whatwg/event-handlers.ts'

describe('EventHandlers', () => {
  it('call the handler with the object as this', () => {
    const target = new EventTarget()
    const handlers = new EventHandlers(target)
    const calls: unknown[] = []
    handlers.set('open', function (this: unknown, event: Event) {
      calls.push(this, event.type)
    })
    target.dispatchEvent(new Event('open'))
    expect(calls).toEqual([target, 'open'])
  })

  it('keep the place of a handler that another one replaces', () => {
    const { target, handlers, order } = ordered()
    handlers.set('open', () => order.push('first'))
    target.addEventListener('open', () => order.push('listener'))
    handlers.set('open', () => order.push('second'))
    target.dispatchEvent(new Event('open'))
    expect(order).toEqual(['second', 'listener'])
  })

  it('give a handler that was removed and set again a new place', () => {
    const { target, handlers, order } = ordered()
    handlers.set('open', () => order.push('first'))
    target.addEventListener('open', () => order.push('listener'))
    handlers.set('open', null)
    handlers.set('open', () => order.push('second'))
    target.dispatchEvent(new Event('open'))
    expect(order).toEqual(['listener', 'second'])
  })

  it('take everything but an object for nothing, and keep an object without calling it', () => {
    const { target, handlers } = ordered()
    handlers.set('open', () => undefined)
    handlers.set('open', 2)
    expect(handlers.handler('open')).toBeNull()
    handlers.set('open', undefined)
    const object = { handleEvent: () => expect.unreachable() }
    handlers.set('open', object)
    target.dispatchEvent(new Event('open'))
    expect(handlers.handler('open')).toBe(object)
  })
})

function ordered(): { target: EventTarget; handlers: EventHandlers; order: string[] } {
  const target = new EventTarget()
  return { target, handlers: new EventHandlers(target), order: [] }
}
