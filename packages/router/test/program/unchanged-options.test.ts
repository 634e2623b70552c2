import { describe, expect, it } from 'vitest'
import type { RouterConfig } from '../../src/config/router-config.ts'
import { unchangedOptions } from '../../src/program/unchanged-options.ts'

describe('the options that need a restart', () => {
  it('are none where a reload replaces all that has changed', () => {
    const before: RouterConfig = { realms: { one: { maxSessions: 1 }, two: {} }, metrics: true }
    const after: RouterConfig = {
      $schema: 'x',
      realms: {
        one: {
          maxSessions: 2,
          holdPublishers: true,
          resumption: true,
          history: [{ topic: 'a' }],
          roles: {},
          auth: {},
          links: [{ url: 'ws://a' }],
        },
        three: {},
      },
      listeners: [{ port: 1 }],
      page: false,
      shutdownTimeout: 1,
      logLevel: 'debug',
    }
    expect(unchangedOptions(before, after)).toEqual([])
  })

  it('are named, also those that have come or gone, and those of realms that stay', () => {
    const before = { realms: { one: { later: 1 }, two: { later: 1 } }, other: 'info', gone: true } as unknown as RouterConfig
    const after = { realms: { one: { later: 2 }, three: { later: 2 } }, other: 'warn', come: true } as unknown as RouterConfig
    expect(unchangedOptions(before, after)).toEqual(['other', 'gone', 'come', 'realms.one.later'])
    expect(unchangedOptions(before, before)).toEqual([])
  })
})
