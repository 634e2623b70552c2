import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TopicRules } from '../../../src/v1/pubsub/topic-rules.ts'

describe('TopicRules', () => {
  it('matches a topic exactly, or topics that begin with a prefix', () => {
    const rules = rulesOf(['exact', false], ['pre/', true])
    expect(matched(rules, 'exact')).toBe('exact|')
    expect(matched(rules, 'exact/x')).toBe(undefined)
    expect(matched(rules, 'pre/a/b')).toBe('pre/|a/b')
    expect(matched(rules, 'pre/')).toBe('pre/|')
    expect(matched(rules, 'pre')).toBe(undefined)
  })

  it('takes the longest prefix, and an exact rule before any', () => {
    const rules = rulesOf(['a', true], ['a/b', true], ['a/b/c', false])
    expect(matched(rules, 'a/x')).toBe('a|/x')
    expect(matched(rules, 'a/b/x')).toBe('a/b|/x')
    expect(matched(rules, 'a/b/c')).toBe('a/b/c|')
  })

  it('does not have an exact rule hide a prefix behind it', () => {
    expect(matched(rulesOf(['pre/', true], ['pre/fixed', false]), 'pre/fixed/y')).toBe('pre/|fixed/y')
  })

  it('allows every topic for the empty prefix', () => {
    expect(matched(rulesOf(['', true]), 'any')).toBe('|any')
  })

  it('replaces a rule of the same URI', () => {
    const rules = rulesOf(['a', true], ['a', false])
    expect(matched(rules, 'ab')).toBe(undefined)
    expect(matched(rules, 'a')).toBe('a|')
  })

  it('does not find names that objects inherit', () => {
    expect(matched(rulesOf(['a', true]), '__proto__')).toBe(undefined)
    expect(matched(rulesOf(['a', true]), 'constructor')).toBe(undefined)
  })

  it('refuses the topics of a refusal, also if a shorter prefix allows them', () => {
    const rules = rulesOf(['a/', true], ['a/b', false])
    rules.add({ uri: 'a/b', prefixMatch: false, isRefusal: true, handler: undefined, object: undefined })
    rules.add({ uri: 'a/c/', prefixMatch: true, isRefusal: true, handler: undefined, object: undefined })
    expect(['a/b', 'a/c/x', 'a/x'].map(topic => matched(rules, topic))).toEqual([undefined, undefined, 'a/|x'])
  })

  it('has an implied rule stand back behind every other', () => {
    const rules = rulesOf(['a/', true])
    for (const uri of ['a/b', 'c']) rules.imply(uri)
    expect([matched(rules, 'a/b'), matched(rules, 'c')]).toEqual(['a/|b', 'c|'])
    expect([rules.remove('a/'), rules.remove('c'), rules.remove('c')]).toEqual([true, true, false])
    expect([matched(rules, 'a/b'), matched(rules, 'a/x'), matched(rules, 'c')]).toEqual(['a/b|', undefined, undefined])
    expect([rules.removeImplied('a/b'), rules.removeImplied('a/b')]).toEqual([true, false])
  })

  it('goes back to the rules at the time of keep()', () => {
    const rules = rulesOf(['a/', true], ['b', false])
    const setBack = rules.keep()
    rules.remove('b')
    rules.imply('c')
    rules.add({ uri: 'a/long/', prefixMatch: true, handler: undefined, object: undefined })
    setBack()
    expect(['a/long/x', 'b', 'c'].map(topic => matched(rules, topic))).toEqual(['a/|long/x', 'b|', undefined])
  })

  it('refuses values that are not rules', () => {
    const rule = { uri: 'a', prefixMatch: false, handler: undefined, object: undefined }
    expect(() => new TopicRules().add({ ...rule, uri: 7 as unknown as string })).toThrow(
      'the URI of a topic must be a string, and not number',
    )
    expect(() => new TopicRules().add({ ...rule, handler: 'x' as never })).toThrow('the handler of a must be a function, and not string')
  })

  it('finds the rule that a search through all rules finds', () => {
    const uri = fc.stringMatching(/^[ab]{0,5}$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(uri, fc.boolean())), uri, (entries, topic) => {
        const last = new Map(entries)
        const fits = [...last].filter(([key, prefixMatch]) => key === topic || (prefixMatch && topic.startsWith(key)))
        const best = fits.sort(([a], [b]) => b.length - a.length)[0]
        expect(rulesOf(...entries).match(topic)?.rule.uri).toBe(best?.[0])
      }),
    )
  })
})

function rulesOf(...entries: readonly (readonly [uri: string, prefixMatch: boolean])[]): TopicRules {
  const rules = new TopicRules()
  for (const [uri, prefixMatch] of entries) rules.add({ uri, prefixMatch, handler: undefined, object: undefined })
  return rules
}

function matched(rules: TopicRules, topic: string): string | undefined {
  const match = rules.match(topic)
  return match && `${match.prefix}|${match.suffix}`
}
