import { checkOptions } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import { type HistoryOptions, historyChecks } from '../../src/history/history-options.ts'

describe('the options of history', () => {
  it('take numbers of replicas that NATS has, places to store and sizes', () => {
    const check = (options: object): void => checkOptions<HistoryOptions>(options, historyChecks, 'history')
    expect(() => check({ replicas: 3, storage: 'memory', maxSize: 1 })).not.toThrow()
    for (const wrong of [{ replicas: 2 }, { storage: 'disk' }, { maxSize: 0 }, { replica: 3 }]) expect(() => check(wrong)).toThrow()
  })
})
