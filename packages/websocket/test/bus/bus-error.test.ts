import { describe, expect, it } from 'vitest'
import { BusError } from '../../src/bus/bus-error.ts'

describe('BusError', () => {
  it('has its reason, and the error that caused it', () => {
    const cause = new Error('of the network')
    expect(new BusError('unreachable', 'gone', { cause })).toMatchObject({
      name: 'BusError',
      reason: 'unreachable',
      message: 'gone',
      cause,
    })
  })
})
