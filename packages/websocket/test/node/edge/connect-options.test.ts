import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { connectOptions } from '../../../src/node/edge/connect-options.ts'

describe('connectOptions', () => {
  const values = {
    timeout: { takes: [0, 30], refuses: [-1, Number.NaN, '30'] },
    signal: { takes: [new AbortController().signal], refuses: [new AbortController(), null] },
    tls: { takes: [{}], refuses: [true, null, []] },
    localAddress: { takes: ['127.0.0.1', '::1'], refuses: ['localhost', '', 1] },
    socket: { takes: [new PassThrough()], refuses: [{}, null, 1] },
  }
  for (const [name, { takes, refuses }] of Object.entries(values)) {
    it(`accepts the documented values of ${name}, and no others`, () => {
      const check = connectOptions[name as keyof typeof values]
      for (const value of takes) expect(check.holds(value)).toBe(true)
      for (const value of refuses) expect(check.holds(value), String(value)).toBe(false)
    })
  }
})
