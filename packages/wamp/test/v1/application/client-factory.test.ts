import { describe, expect, it } from 'vitest'
import { WampClientFactory } from '../../../src/v1/application/client-factory.ts'

describe('WampClientFactory', () => {
  it('takes options of WebSocket and of WAMP', () => {
    const factory = new WampClientFactory('ws://localhost/', { autoPingInterval: 3, wamp: { callTimeout: 7 } })
    expect([factory.options.autoPingInterval, factory.wampOptions.callTimeout]).toEqual([3, 7])
    factory.setWampOptions({ callTimeout: 8 })
    expect(factory.wampOptions.callTimeout).toBe(8)
    expect(() => factory.setWampOptions({ callTimeout: -1 })).toThrow(/option callTimeout/)
    expect(() => new WampClientFactory('ws://localhost/', { callTimeout: 7 } as object)).toThrow('option callTimeout is an option of WAMP')
  })

  it('takes messages of 1 MiB unless the option says otherwise, also after a reset', () => {
    expect(new WampClientFactory('ws://localhost/').options.maxMessagePayloadSize).toBe(1_048_576)
    const raised = new WampClientFactory('ws://localhost/', { maxMessagePayloadSize: 5_000_000 })
    expect(raised.options.maxMessagePayloadSize).toBe(5_000_000)
    raised.resetProtocolOptions()
    expect(raised.options.maxMessagePayloadSize).toBe(1_048_576)
  })
})
