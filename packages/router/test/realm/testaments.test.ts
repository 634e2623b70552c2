import { expect, it } from 'vitest'
import { Testaments } from '../../src/realm/testaments.ts'

const testament = (topic: string) => ({ topic, payload: undefined, options: {} })

it('testaments are taken out once, the detached ones first', () => {
  const testaments = new Testaments()
  testaments.add('destroyed', testament('c'))
  testaments.add('detached', testament('a'))
  testaments.add('detached', testament('b'))
  expect(testaments.size).toBe(3)
  expect(testaments.takeAll().map(({ topic }) => topic)).toEqual(['a', 'b', 'c'])
  expect(testaments.takeAll()).toEqual([])
  expect(testaments.octets).toBe(0)
})

it('the detached ones are taken out alone when the transport is lost', () => {
  const testaments = new Testaments()
  testaments.add('destroyed', testament('c'))
  testaments.add('detached', testament('a'))
  const both = testaments.octets
  expect(testaments.takeDetached().map(({ topic }) => topic)).toEqual(['a'])
  expect(testaments.octets).toBe(both / 2)
  expect(testaments.takeAll().map(({ topic }) => topic)).toEqual(['c'])
})

it('flushing removes those of one scope', () => {
  const testaments = new Testaments()
  testaments.add('destroyed', testament('a'))
  testaments.add('detached', testament('b'))
  testaments.flush('destroyed')
  expect(testaments.takeAll().map(({ topic }) => topic)).toEqual(['b'])
  testaments.add('detached', testament('c'))
  testaments.flush('detached')
  expect([testaments.size, testaments.octets]).toEqual([0, 0])
})
