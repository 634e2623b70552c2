import { describe, expect, it } from 'vitest'
import { checkedFactoryOptions, wampFactoryOf } from '../../../src/v1/ports/wamp-factory.ts'

describe('checkedFactoryOptions', () => {
  it('returns the options if they may be right, and says where options of WAMP belong', () => {
    const given = { maxConnections: 1, wamp: { callTimeout: 5 } }
    expect(checkedFactoryOptions(given, 'F')).toBe(given)
    expect(() => checkedFactoryOptions({ callTimeout: 1 } as object, 'F')).toThrow(
      'option callTimeout is an option of WAMP: write { wamp: { callTimeout: … } }',
    )
    expect(() => checkedFactoryOptions({ wampOptions: {} } as object, 'F')).toThrow(
      'there is no option wampOptions of F; did you mean wamp?',
    )
    expect(() => checkedFactoryOptions(Object as object, 'F')).toThrow(
      'the options of F must be an object (with protocol, protocols, wamp)',
    )
    for (const wrong of [new Map(), new URL('ws://a'), Promise.resolve({}), [], null, 'ws://a'])
      expect(() => checkedFactoryOptions(wrong as object, 'F')).toThrow('the options of F must be an object')
    expect(() => checkedFactoryOptions(Object.create({ wamp: {} }), 'F')).toThrow('option wamp is inherited')
  })
})

describe('wampFactoryOf', () => {
  it('refuses the factory of plain WebSocket', () => {
    expect(() => wampFactoryOf({ factory: {} })).toThrow('a WAMP protocol needs a WampServerFactory or a WampClientFactory')
  })
})
