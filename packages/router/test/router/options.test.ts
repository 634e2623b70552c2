import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import { checkRouterOptions, realmLimitsOf } from '../../src/router/options.ts'

describe('the options of a router', () => {
  it('are refused where they do not exist or have wrong values', () => {
    expect(() => checkRouterOptions({ realm: {} })).toThrow('there is no option realm of createRouter; did you mean realms?')
    expect(() => checkRouterOptions({ joinTimeout: '5' })).toThrow(ApiMisuse)
    expect(() => checkRouterOptions({ realms: {}, agent: 'x', joinTimeout: 1, beforeJoin: () => undefined, onError() {} })).not.toThrow()
  })
})

describe('the options of a realm', () => {
  it('complete its limits', () => {
    expect(realmLimitsOf('realm1', { maxSessions: 5, history: [{ topic: 'com.x', limit: 3 }] })).toMatchObject({
      maxSessions: 5,
      maxUriLength: 512,
    })
  })

  it.each<[object, string]>([
    [{ maxSession: 5 }, 'did you mean maxSessions?'],
    [{ access: {} }, 'option access must be an object with mayDo'],
    [{ trustLevels: { user: -1 } }, 'option trustLevels must be an object with a whole number from 0 for each role'],
    [{ trustLevels: [1] }, 'option trustLevels must be an object'],
    [{ resumption: 5 }, 'option resumption must be true, false, or an object'],
    [{ history: [{ topic: 'com.x' }] }, 'history of "com.x" must have a limit'],
    [{ history: [{ topic: 'com..x', limit: 1 }] }, 'history must have a topic and a match that go together'],
    [{ history: [{ topic: 'com', match: 'all', limit: 1 }] }, 'history must have a topic and a match that go together'],
    [{ history: [{ topic: 'com', limit: 0 }] }, 'option limit must be'],
    [{ history: [{ topics: 'com', limit: 1 }] }, 'did you mean topic?'],
  ])('are refused where they are wrong: %j', (options, sentence) => {
    expect(() => realmLimitsOf('realm1', options)).toThrow(sentence)
  })

  it('need a name that is a URI', () => {
    expect(() => realmLimitsOf('my realm', {})).toThrow('the name of a realm must be a URI')
  })
})
