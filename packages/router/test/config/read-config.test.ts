import { describe, expect, it } from 'vitest'
import { ConfigProblems } from '../../src/config/config-problems.ts'
import { readConfig } from '../../src/config/read-config.ts'

function problemsOf(text: string): string[] {
  try {
    readConfig(text, 'router.json')
  } catch (error) {
    if (error instanceof ConfigProblems) return error.message.split('\n')
    throw error
  }
  return []
}

describe('a config', () => {
  it('is JSON', () => {
    expect(readConfig('{ "realms": { "realm1": {} } }', 'router.json')).toEqual({ realms: { realm1: {} } })
  })

  it('is YAML, with comments', () => {
    const yaml = '# mine\nrealms:\n  com.example:\n    auth: { anonymous: { role: guest } }\nlisteners:\n  - port: 8080\n'
    expect(readConfig(yaml, 'router.yaml')).toEqual({
      realms: { 'com.example': { auth: { anonymous: { role: 'guest' } } } },
      listeners: [{ port: 8080 }],
    })
  })

  for (const [what, text, problem] of [
    [
      'a wrong type',
      '{\n  "realms": {\n    "realm1": { "auth": { "anonymous": { "role": 5 } } }\n  }\n}',
      'router.json:3:42: realms.realm1.auth.anonymous.role must be a string, and not 5',
    ],
    [
      'an option that is missing',
      '{ "realms": { "realm1": { "auth": { "anonymous": {} } } } }',
      'router.json:1:37: realms.realm1.auth.anonymous.role is missing: it must be a string',
    ],
    ['an option that does not exist', '{ "realms": {},\n "listener": [] }', 'router.json:2:2: the config has no option "listener"'],
    [
      'one that does not exist, further in',
      '{ "realms": { "realm1": {\n  "rolls": {} } } }',
      'router.json:2:3: realms.realm1 has no option "rolls"',
    ],
    [
      'one of several words',
      '{ "realms": {}, "logLevel": "loud" }',
      'router.json:1:17: logLevel must be one of silent, error, warn, info, debug, trace, and not "loud"',
    ],
    [
      'a number that is too large',
      '{ "realms": {}, "listeners": [{ "port": 99999 }] }',
      'router.json:1:33: listeners[0].port must be at most 65535, and not 99999',
    ],
    ['a listener without a place', '{ "realms": {}, "listeners": [{}] }', 'router.json:1:31: listeners[0] needs either port or unix'],
    [
      'a history with two names of its limit',
      '{ "realms": { "r": { "history": [{ "topic": "a", "limit": 5, "count": 5 }] } } }',
      'router.json:1:34: realms.r.history[0] has limit and count, which are the same: write limit',
    ],
    [
      'two sources of users',
      '{ "realms": { "r": { "auth": { "ticket": { "users": {}, "procedure": "a.b" } } } } }',
      'router.json:1:32: realms.r.auth.ticket needs either users or procedure',
    ],
    [
      'a realm whose name is not a URI',
      '{ "realms": { "my realm": {} } }',
      'router.json:1:15: realms["my realm"]: a name must be a URI such as com.example.add: components without blanks and #, with dots between',
    ],
    ['a list where an object belongs', '[]', 'router.json:1:1: the config must be an object'],
    ['an empty file', '', 'router.json:1:1: the config must be an object'],
  ] as const) {
    it(`is refused with its line and column: ${what}`, () => {
      expect(problemsOf(text)).toEqual([problem])
    })
  }

  it('is refused with all of its mistakes', () => {
    expect(problemsOf('{ "realms": 1,\n  "metrics": "yes",\n  "pages": true }').length).toBe(3)
  })

  it('is refused where it is neither JSON nor YAML', () => {
    expect(problemsOf('{ "realms": { ')[0]).toMatch(/^router\.json:1:\d+: this is not valid: /)
    expect(problemsOf('{ "realms": {}, "realms": {} }')[0]).toMatch(/^router\.json:1:17: this is not valid: /)
  })

  it('does not show secrets in its mistakes', () => {
    const text = '{ "realms": { "r": { "auth": { "ticket": { "users": { "joe": { "ticket": 12345, "role": "user" } } } } } } }'
    expect(problemsOf(text)).toEqual(['router.json:1:64: realms.r.auth.ticket.users.joe.ticket must be a string'])
  })

  it('cannot name the prototype of objects', () => {
    const text = '{ "realms": { "__proto__": { "polluted": true } } }'
    expect(problemsOf(text)).toEqual(['router.json:1:15: "__proto__" is not a name that a config may have'])
  })

  it('cannot grow without end by aliases', () => {
    expect(problemsOf('realms: &a { r: {} }\nx: *a\n').length).toBeGreaterThan(0)
  })
})
