import { describe, expect, it } from 'vitest'
import { checkedFactoryOptions, resolvedWampOptions, wampFactoryOf } from '../../../src/v1/ports/wamp-factory.ts'

describe('resolvedWampOptions', () => {
  it('completes what is given with the defaults, or with what there was', () => {
    const first = resolvedWampOptions({ maxPrefixes: 3 })
    expect(first).toMatchObject({ maxPrefixes: 3, maxSubscriptions: 1000 })
    expect(resolvedWampOptions({ maxSubscriptions: 5 }, first)).toMatchObject({ maxPrefixes: 3, maxSubscriptions: 5 })
  })

  it('refuses unknown names and values that do not fit, and names them', () => {
    expect(() => resolvedWampOptions({ maxPrefix: 1 } as object)).toThrow('there is no option maxPrefix')
    expect(() => resolvedWampOptions({ maxPrefixes: 0 })).toThrow('option maxPrefixes must be a whole number above 0, and not 0')
  })
})

describe('checkedFactoryOptions', () => {
  it('gives back what may be right, and says where options of WAMP go', () => {
    const given = { maxConnections: 1, wamp: { callTimeout: 5 } }
    expect(checkedFactoryOptions(given, 'F')).toBe(given)
    expect(() => checkedFactoryOptions({ callTimeout: 1 } as object, 'F')).toThrow(
      'option callTimeout is one of WAMP, which are given as { wamp: { callTimeout: … } }',
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
    expect(() => wampFactoryOf({ factory: {} })).toThrow('a WAMP protocol belongs to a WampServerFactory or a WampClientFactory')
  })
})
