import { describe, expect, it } from 'vitest'
import { fromJson, resolvedWampOptions, toJson, wampFactoryOf, withoutWampOptions } from '../../src/v1/wamp-factory.ts'

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

describe('withoutWampOptions', () => {
  it('gives back what has none, and says where the others go', () => {
    const given = { maxConnections: 1 }
    expect(withoutWampOptions(given)).toBe(given)
    expect(() => withoutWampOptions({ callTimeout: 1 })).toThrow(
      'option callTimeout is one of WAMP, which are given as { wamp: { callTimeout: … } }',
    )
  })
})

describe('JSON', () => {
  it('comes back as it went', () => {
    const message = [7, 't', { __proto__: null, a: ['ä', null, 1.5, true] }]
    expect(fromJson(toJson(message))).toEqual([7, 't', { a: ['ä', null, 1.5, true] }])
  })
})

describe('wampFactoryOf', () => {
  it('refuses the factory of plain WebSocket', () => {
    expect(() => wampFactoryOf({ factory: {} })).toThrow('a WAMP protocol belongs to a WampServerFactory or a WampClientFactory')
  })
})
