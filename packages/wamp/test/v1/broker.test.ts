import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Broker } from '../../src/v1/broker.ts'

describe('Broker', () => {
  it('knows who has subscribed, and forgets topics without subscribers', () => {
    const broker = new Broker<object>()
    const [one, other] = [{}, {}]
    expect([broker.subscribe(one, 't'), broker.subscribe(one, 't'), broker.subscribe(other, 't')]).toEqual([true, false, true])
    expect([...broker.receivers('t', undefined)!]).toEqual([one, other])
    expect([broker.unsubscribe(one, 't'), broker.unsubscribe(one, 't'), broker.unsubscribe(one, 'never')]).toEqual([true, false, false])
    broker.unsubscribe(other, 't')
    expect(broker.topics.size).toBe(0)
    expect(broker.receivers('t', undefined)).toBe(undefined)
  })

  it('gives the eligible of them, each once', () => {
    const broker = new Broker<object>()
    const [one, other, stranger] = [{}, {}, {}]
    broker.subscribe(one, 't')
    broker.subscribe(other, 't')
    expect([...broker.receivers('t', [stranger, other, other])!]).toEqual([other])
    expect([...broker.receivers('t', [])!]).toEqual([])
  })

  it('is what a list of pairs would be', () => {
    const step = fc.record({ who: fc.constantFrom('a', 'b', 'c'), topic: fc.constantFrom('t', 'u', '__proto__'), leaves: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step), steps => {
        const people = { a: {}, b: {}, c: {} }
        const broker = new Broker<object>()
        const pairs = new Set<string>()
        for (const { who, topic, leaves } of steps) {
          const pair = `${who} ${topic}`
          if (leaves) expect(broker.unsubscribe(people[who], topic)).toBe(pairs.delete(pair))
          else expect(broker.subscribe(people[who], topic)).toBe(!pairs.has(pair))
          if (!leaves) pairs.add(pair)
        }
        const sizes = [...broker.topics.values()].reduce((sum, subscribers) => sum + subscribers.size, 0)
        expect(sizes).toBe(pairs.size)
      }),
    )
  })
})
