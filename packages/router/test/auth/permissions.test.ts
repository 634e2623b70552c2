import type { MatchPolicy } from '@autobahn-ts/wamp/protocol'
import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Permission, Permissions } from '../../src/auth/permissions.ts'

const all = { call: true, register: true, publish: true, subscribe: true }

describe('the permissions of a role', () => {
  const permissions = new Permissions([
    { uri: 'com.', match: 'prefix', allow: { call: true, publish: true }, disclose: { caller: true } },
    { uri: 'com.secret.', match: 'prefix' },
    { uri: 'com.secret.door', allow: { call: true } },
    { uri: 'com..open', match: 'wildcard', allow: { subscribe: true } },
  ])

  for (const [action, uri, allowed, why] of [
    ['call', 'com.a', true, 'the prefix allows it'],
    ['register', 'com.a', false, 'the prefix does not name it'],
    ['call', 'com.secret.a', false, 'the longer prefix says nothing'],
    ['call', 'com.secret.door', true, 'the exact rule says so'],
    ['subscribe', 'com.a.open', false, 'a prefix goes before a wildcard'],
    ['call', 'org.a', false, 'there is no rule for it'],
    ['call', 'com', false, 'the prefix has a dot more'],
  ] as const) {
    it(`${allowed ? 'allow' : 'deny'} to ${action} ${uri}: ${why}`, () => {
      expect(permissions.decide(action, uri).allow).toBe(allowed)
    })
  }

  it('tell where a caller is disclosed', () => {
    expect(permissions.decide('call', 'com.a')).toEqual({ allow: true, disclose: true })
    expect(permissions.decide('publish', 'com.a')).toEqual({ allow: true, disclose: false })
    expect(permissions.decide('call', 'com.secret.door')).toEqual({ allow: true, disclose: false })
  })

  it('deny everything without rules', () => {
    expect(new Permissions([]).decide('call', 'com.a').allow).toBe(false)
    expect(new Permissions([]).decidePattern('subscribe', '', 'prefix').allow).toBe(false)
  })

  it('cannot say two things about one pattern', () => {
    expect(() => new Permissions([{ uri: 'a' }, { uri: 'a', allow: all }])).toThrow(ApiMisuse)
    expect(() => new Permissions([{ uri: 'a' }, { uri: 'a', match: 'prefix', allow: all }])).not.toThrow()
  })

  it('choose among wildcards the one with the longest run of components, then by the next run', () => {
    const wildcards = new Permissions([
      { uri: 'a1.b2..d4.e5', match: 'wildcard', allow: { call: true } },
      { uri: 'a1.b2.c33..e5', match: 'wildcard' },
      { uri: '.b2...', match: 'wildcard', allow: all },
    ])
    expect(wildcards.decide('call', 'a1.b2.c55.d4.e5').allow).toBe(true)
    expect(wildcards.decide('call', 'a1.b2.c33.d4.e5').allow).toBe(false)
    expect(wildcards.decide('call', 'a9.b2.c33.d4.e5').allow).toBe(true)
  })

  describe('for the names of the router', () => {
    it('count only where they spell the first component', () => {
      const wide = new Permissions([
        { uri: '', match: 'prefix', allow: all },
        { uri: 'w', match: 'prefix', allow: all },
        { uri: '..', match: 'wildcard', allow: all },
        { uri: 'wamp.session.count', allow: { call: true } },
        { uri: 'wamp.subscription.', match: 'prefix', allow: { call: true } },
      ])
      expect(wide.decide('call', 'wamp.session.kill').allow).toBe(false)
      expect(wide.decide('call', 'wamp.session.count').allow).toBe(true)
      expect(wide.decide('call', 'wamp.subscription.get').allow).toBe(true)
      expect(wide.decide('call', 'wampum').allow).toBe(true)
      expect(wide.decidePattern('subscribe', 'wamp.session.', 'prefix').allow).toBe(false)
      expect(wide.decidePattern('subscribe', 'wamp', 'prefix').allow).toBe(true)
      expect(wide.decidePattern('call', 'wamp.subscription.', 'prefix').allow).toBe(true)
    })
  })

  describe('for a pattern', () => {
    it('allow it where a rule allows all that it can match', () => {
      expect(permissions.decidePattern('publish', 'com.open.', 'prefix').allow).toBe(true)
      expect(permissions.decidePattern('publish', 'com.open..a', 'wildcard').allow).toBe(true)
    })

    it('deny it where it can match one URI that is denied', () => {
      expect(permissions.decidePattern('publish', 'com.', 'prefix').allow).toBe(false)
      expect(permissions.decidePattern('publish', 'com.s', 'prefix').allow).toBe(false)
      expect(permissions.decidePattern('publish', 'com..a', 'wildcard').allow).toBe(false)
      expect(permissions.decidePattern('publish', '', 'prefix').allow).toBe(false)
    })

    it('allow it where a more specific rule makes an exception of all that is denied', () => {
      const rules = [
        { uri: 'a.', match: 'prefix', allow: all },
        { uri: 'a.b.', match: 'prefix' },
        { uri: 'a.b.c.', match: 'prefix', allow: all },
      ] as const
      expect(new Permissions(rules).decidePattern('subscribe', 'a.b.c.', 'prefix').allow).toBe(true)
      expect(new Permissions(rules).decidePattern('subscribe', 'a.b.', 'prefix').allow).toBe(false)
    })

    it('say the same as a look at every URI', () => {
      const texts = ['a', 'b', 'z', 'az', 'bz']
      const uris = texts.flatMap(one => [one, ...texts.flatMap(two => [`${one}.${two}`, ...texts.map(three => `${one}.${two}.${three}`)])])
      const policy = fc.constantFrom<MatchPolicy>('exact', 'prefix', 'wildcard')
      // the letter z stands for all names that no rule has
      const patternOf = (match: MatchPolicy) =>
        fc
          .array(fc.constantFrom(...(match === 'wildcard' ? ['', 'a', 'b'] : ['a', 'b'])), { minLength: 1, maxLength: 3 })
          .map(parts => ({ uri: parts.join('.'), match }))
      const pattern = policy.chain(patternOf)
      const rule = fc
        .tuple(pattern, fc.boolean())
        .map(([{ uri, match }, allowed]): Permission => ({ uri, match, allow: { call: allowed } }))
      const rules = fc.uniqueArray(rule, { maxLength: 6, selector: ({ uri, match }) => `${match} ${uri}` })
      fc.assert(
        fc.property(rules, pattern, (list, { uri, match }) => {
          const permissions = new Permissions(list)
          const matches = (candidate: string) => {
            if (match === 'prefix') return candidate.startsWith(uri)
            const [parts, wanted] = [candidate.split('.'), uri.split('.')]
            return parts.length === wanted.length && wanted.every((text, i) => (match === 'wildcard' && text === '') || text === parts[i])
          }
          // a prefix goes on after each rule with letters and with more components
          const ends = match === 'prefix' ? [uri, ...list.map(each => each.uri)] : []
          const longer = ends.flatMap(end => [`${end}z`, `${end}.z`, `${end}.z.z.z.z`])
          const candidates = [...uris, ...longer].filter(matches)
          fc.pre(candidates.length > 0)
          const expected = candidates.every(candidate => permissions.decide('call', candidate).allow)
          expect(permissions.decidePattern('call', uri, match).allow).toBe(expected)
        }),
        { numRuns: 3000 },
      )
    })
  })
})

describe('a permission', () => {
  for (const [permissions, message] of [
    ['com.a', 'the permissions of a role must be a list, and not "com.a"'],
    [[undefined], 'the options of a permission must be an object'],
    [[{}], 'a permission needs the option uri'],
    [[{ uri: 'com.', mach: 'prefix' }], 'there is no option mach of a permission; did you mean match?'],
    [[{ uri: 'com.', match: 'prefx' }], "option match must be 'exact', 'prefix' or 'wildcard', and not \"prefx\""],
    [[{ uri: 'com.a', allow: { cal: true } }], 'there is no option cal of allow of the permission for "com.a"; did you mean call?'],
    [[{ uri: 'com.a', allow: { call: 'no' } }], 'option call must be true or false, and not "no"'],
    [[{ uri: 'com.a', allow: true }], 'option allow must be an object'],
    [[{ uri: 'com.a', disclose: { caler: true } }], 'there is no option caler of disclose'],
  ] as const) {
    it(`is refused where it is written as ${JSON.stringify(permissions)}`, () => {
      expect(() => new Permissions(permissions as never)).toThrow(ApiMisuse)
      expect(() => new Permissions(permissions as never)).toThrow(message)
    })
  }
})
