import { describe, expect, it } from 'vitest'
import { checkLinkRules, isOfRouters, type LinkRules, rulesOf } from '../../src/links/link-rules.ts'

const rule = { uri: 'com.example' }

describe('checkLinkRules', () => {
  it('takes rules of topics or procedures, with any match', () => {
    for (const rules of [
      { events: [rule] },
      { calls: [{ uri: 'com.example.', match: 'prefix', direction: 'in' }], maxHops: 3 },
      { events: [{ uri: '', match: 'prefix' }], calls: [{ uri: 'com..add', match: 'wildcard', direction: 'both' }] },
    ] as LinkRules[]) {
      expect(() => checkLinkRules(rules)).not.toThrow()
    }
  })

  it.each<[string, object, string]>([
    ['no rules', { events: [], calls: [] }, 'a link needs a rule in events or in calls'],
    [
      'an option that does not exist',
      { events: [{ ...rule, mach: 'prefix' }] },
      'there is no option mach of events of a link; did you mean match?',
    ],
    ['a match that does not exist', { calls: [{ ...rule, match: 'regex' }] }, "option match must be 'exact' or 'prefix' or 'wildcard'"],
    ['a direction that does not exist', { calls: [{ ...rule, direction: 'up' }] }, "option direction must be 'in' or 'out' or 'both'"],
    ['a pattern without its match', { calls: [{ uri: 'com..add' }] }, 'calls of a link must have a uri and a match that go together'],
    ['a rule without a URI', { events: [{}] }, 'events of a link must have a uri and a match that go together'],
    ['names of the router', { events: [{ uri: 'wamp.session.on_join' }] }, 'the names wamp. belong to each router'],
    ['hops that are not a number', { events: [rule], maxHops: 0 }, 'option maxHops must be a whole number from 1, and not 0'],
  ])('is told of %s', (_, rules, message) => {
    expect(() => checkLinkRules(rules as LinkRules)).toThrow(message)
  })
})

it('rulesOf chooses the rules of one direction', () => {
  const rules = [{ uri: 'a', direction: 'in' }, { uri: 'b', direction: 'out' }, { uri: 'c', direction: 'both' }, { uri: 'd' }] as const
  expect(rulesOf(rules, 'in').map(({ uri }) => uri)).toEqual(['a', 'c', 'd'])
  expect(rulesOf(rules, 'out').map(({ uri }) => uri)).toEqual(['b', 'c', 'd'])
  expect(rulesOf(undefined, 'in')).toEqual([])
})

it('isOfRouters knows the names of the meta API', () => {
  expect(['wamp', 'wamp.', 'wamp.session.get', 'wampus', 'com.wamp'].map(isOfRouters)).toEqual([true, true, true, false, false])
})
