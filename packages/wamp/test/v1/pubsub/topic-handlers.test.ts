import { describe, expect, it } from 'vitest'
import { TopicHandlers } from '../../../src/v1/pubsub/topic-handlers.ts'

describe('TopicHandlers', () => {
  const [one, other] = [() => 1, () => 2]

  it('tells when the client has to subscribe and unsubscribe', () => {
    const handlers = new TopicHandlers()
    expect([handlers.add('t', one), handlers.add('t', other), handlers.add('t', one)]).toEqual([true, false, false])
    expect(handlers.of('t')).toEqual([one, other])
    expect([handlers.remove('t', one), handlers.remove('t', one), handlers.remove('t', other)]).toEqual([false, false, true])
    expect([handlers.remove('t', other), handlers.remove('t', undefined)]).toEqual([false, false])
  })

  it('forgets all handlers of a topic at once', () => {
    const handlers = new TopicHandlers()
    handlers.add('t', one)
    handlers.add('t', other)
    expect(handlers.remove('t', undefined)).toBe(true)
    expect([handlers.of('t'), [...handlers.topics]]).toEqual([[], []])
  })

  it('gives the handlers of now, whatever they do to themselves', () => {
    const handlers = new TopicHandlers()
    handlers.add('t', one)
    const now = handlers.of('t')
    handlers.add('t', other)
    expect(now).toEqual([one])
  })

  it('refuses a handler that is not a function', () => {
    expect(() => new TopicHandlers().add('t', 'x' as never)).toThrow('the handler of t must be a function, and not string')
  })
})
