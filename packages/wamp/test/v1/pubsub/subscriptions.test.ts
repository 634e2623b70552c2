import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Subscriptions } from '../../../src/v1/pubsub/subscriptions.ts'

describe('Subscriptions', () => {
  it('knows the subscribers of a topic, and removes topics without subscribers', () => {
    const subscriptions = new Subscriptions<object>()
    const [one, other] = [{}, {}]
    expect([subscriptions.subscribe(one, 't'), subscriptions.subscribe(one, 't'), subscriptions.subscribe(other, 't')]).toEqual([
      true,
      false,
      true,
    ])
    expect([...subscriptions.receivers('t', undefined)!]).toEqual([one, other])
    expect([subscriptions.unsubscribe(one, 't'), subscriptions.unsubscribe(one, 't'), subscriptions.unsubscribe(one, 'never')]).toEqual([
      true,
      false,
      false,
    ])
    subscriptions.unsubscribe(other, 't')
    expect(subscriptions.topics.size).toBe(0)
    expect(subscriptions.receivers('t', undefined)).toBe(undefined)
  })

  it('returns eligible subscribers, each once', () => {
    const subscriptions = new Subscriptions<object>()
    const [one, other, stranger] = [{}, {}, {}]
    subscriptions.subscribe(one, 't')
    subscriptions.subscribe(other, 't')
    expect([...subscriptions.receivers('t', [stranger, other, other])!]).toEqual([other])
    expect([...subscriptions.receivers('t', [])!]).toEqual([])
  })

  it('holds the same subscriptions as a list of pairs', () => {
    const step = fc.record({ who: fc.constantFrom('a', 'b', 'c'), topic: fc.constantFrom('t', 'u', '__proto__'), leaves: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step), steps => {
        const people = { a: {}, b: {}, c: {} }
        const subscriptions = new Subscriptions<object>()
        const pairs = new Set<string>()
        for (const { who, topic, leaves } of steps) {
          const pair = `${who} ${topic}`
          if (leaves) expect(subscriptions.unsubscribe(people[who], topic)).toBe(pairs.delete(pair))
          else expect(subscriptions.subscribe(people[who], topic)).toBe(!pairs.has(pair))
          if (!leaves) pairs.add(pair)
        }
        const sizes = [...subscriptions.topics.values()].reduce((sum, subscribers) => sum + subscribers.size, 0)
        expect(sizes).toBe(pairs.size)
      }),
    )
  })
})
