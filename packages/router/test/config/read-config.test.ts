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
      'router.json:3:42: realms.realm1.auth.anonymous.role must be a string, and not 5: put it in quotes',
    ],
    [
      'an option that is missing',
      '{ "realms": { "realm1": { "auth": { "anonymous": {} } } } }',
      'router.json:1:37: realms.realm1.auth.anonymous.role is missing: it must be a string',
    ],
    [
      'an option that does not exist',
      '{ "realms": {},\n "listener": [] }',
      'router.json:2:2: the config has no option "listener"; did you mean listeners?',
    ],
    [
      'one that does not exist, further in',
      '{ "realms": { "realm1": {\n  "rolls": {} } } }',
      'router.json:2:3: realms.realm1 has no option "rolls"; did you mean roles?',
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
    ['a list where an object belongs', '[]', 'router.json:1:1: the config must be an object, and not a list'],
    ['an empty file', '', 'router.json:1:1: the config must be an object, and not null'],
    [
      'an option of another place',
      '{ "realms": {}, "port": 8080 }',
      'router.json:1:17: the config has no option "port"; there is listeners[…].port',
    ],
    [
      'an option that has no name like it',
      '{ "realms": { "r": { "auth": { "oauth": {} } } } }',
      'router.json:1:32: realms.r.auth has no option "oauth"; there are anonymous, ticket, wampcra, scram, cryptosign, tls, cookie',
    ],
    [
      'an option of one of several forms',
      '{ "realms": { "r": { "resumption": { "second": 5 } } } }',
      'router.json:1:38: realms.r.resumption has no option "second"; did you mean seconds?',
    ],
    [
      'a value in place of either form',
      '{ "realms": { "r": { "resumption": 5 } } }',
      'router.json:1:22: realms.r.resumption must be true or false, or an object, and not 5',
    ],
    ['a realm without anything', 'realms:\n  r:\n', 'router.json:2:3: realms.r must be an object, and not null: {} is one without options'],
    ['a word in place of a list', 'realms: {}\nlisteners: x', 'router.json:2:1: listeners must be a list, and not "x"'],
    ['a word in place of true', 'realms: {}\nmetrics: yes', 'router.json:2:1: metrics must be true or false, and not "yes"'],
    [
      'a path without its slash',
      'realms: {}\nlisteners: [{ port: 1, path: ws }]',
      'router.json:2:24: listeners[0].path must begin with /, and not "ws"',
    ],
    [
      'a path of files without its slash',
      'realms: {}\nlisteners: [{ port: 1, static: { a: b } }]',
      'router.json:2:34: listeners[0].static.a: a name must begin with /',
    ],
    ['a comment in JSON', '{ // a comment\n "realms": {} }', 'router.json:1:3: JSON has no comments; those of YAML begin with #'],
    [
      'what comes after a mistake of syntax',
      'realms: {}\nlisteners:\n  - { port: %{PORT} }\npage: true: x\n',
      'router.json:3:13: this is not valid: Plain value cannot start with directive indicator character %',
    ],
    ['no time to shut down', 'realms: {}\nshutdownTimeout: 0', 'router.json:2:1: shutdownTimeout must be above 0, and not 0'],
    [
      'more time to shut down than timers have',
      'realms: {}\nshutdownTimeout: 1e9',
      'router.json:2:1: shutdownTimeout must be at most 86400, and not 1000000000',
    ],
    ['an alias of YAML', 'realms:\n  a: &x {}\n  b: *x', 'router.json:3:6: aliases of YAML are not taken'],
    ['an alias in place of a name', 'realms:\n  &x a: {}\n  *x : {}', 'router.json:3:3: aliases of YAML are not taken'],
    ['a tag of YAML', 'realms:\n  a: !!set { x }', 'router.json:2:12: the tag "tag:yaml.org,2002:set" of YAML is not taken'],
    ['a tag of the application', 'realms: !mine {}', 'router.json:1:15: the tag "!mine" of YAML is not taken'],
    ['a list in place of a name', 'realms:\n  ? [a, b]\n  : {}', 'router.json:2:5: a name must be a text'],
    ['one name as number and as text', 'realms:\n  1: {}\n  "1": {}', 'router.json:3:3: this is not valid: "1" is there twice'],
    ['open brackets without end', `realms:\n  r: ${'['.repeat(100_000)}`, tooDeep(2, 106)],
    ['brackets that are nested and closed', `{"realms":${'[{"a":'.repeat(5000)}1${'}]'.repeat(5000)}}`, tooDeep(1, 306)],
    ['lists of YAML that are nested too deeply', `realms:\n${'- '.repeat(5000)}`, tooDeep(2, 400)],
    [
      'blocks of YAML that are nested too deeply',
      Array.from({ length: 500 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'),
      tooDeep(402, 400),
    ],
  ] as const) {
    it(`is refused with its line and column: ${what}`, () => {
      expect(problemsOf(text)).toEqual([problem])
    })
  }

  it('is refused with all of its mistakes', () => {
    expect(problemsOf('{ "realms": 1,\n  "metrics": "yes",\n  "pages": true }').length).toBe(3)
  })

  it('is refused with its mistakes in the order of its lines', () => {
    const text = 'realms:\n  r:\n    rolls: {}\n    history: {}\n    resumption: { second: 1 }\n    links: 1\n'
    expect(problemsOf(text).map(problem => problem.split(':')[1])).toEqual(['3', '4', '5', '6'])
  })

  it('with a password in place of what is made of it is refused with the command that makes it', () => {
    const text = '{ "realms": { "r": { "auth": { "scram": { "users": { "eve": { "password": "x", "role": "user" } } } } } } }'
    expect(problemsOf(text).at(-1)).toBe(
      'router.json:1:63: realms.r.auth.scram.users.eve has no option "password"; autobahn-ts router hash makes what stands here out of a password',
    )
  })

  it('is refused where it is neither JSON nor YAML', () => {
    expect(problemsOf('{ "realms": { ')[0]).toMatch(/^router\.json:1:\d+: this is not valid: /)
    expect(problemsOf('{ "realms": {}, "realms": {} }')[0]).toMatch(/^router\.json:1:17: this is not valid: /)
  })

  it('does not show secrets in its mistakes', () => {
    const text = '{ "realms": { "r": { "auth": { "ticket": { "users": { "joe": { "ticket": 12345, "role": "user" } } } } } } }'
    expect(problemsOf(text)).toEqual([
      'router.json:1:64: realms.r.auth.ticket.users.joe.ticket must be a string, and not a number: put it in quotes',
    ])
  })

  it('cannot name the prototype of objects', () => {
    const text = '{ "realms": { "__proto__": { "polluted": true } } }'
    expect(problemsOf(text)).toEqual(['router.json:1:15: "__proto__" is not a name that a config may have'])
  })

  it('does not count brackets within quotes as levels', () => {
    const role = '['.repeat(200)
    expect(readConfig(JSON.stringify({ realms: { a: { auth: { anonymous: { role } } } } }), 'router.json').realms.a?.auth).toEqual({
      anonymous: { role },
    })
  })

  it('may begin with a byte order mark', () => {
    expect(readConfig('\ufeff{ "realms": {} }', 'router.json')).toEqual({ realms: {} })
  })

  it('cannot grow without end by aliases', () => {
    expect(problemsOf('realms: &a { r: {} }\nx: *a\n').length).toBeGreaterThan(0)
  })
})

function tooDeep(line: number, column: number): string {
  return `router.json:${line}:${column}: a config has at most 100 levels of lists and objects`
}
