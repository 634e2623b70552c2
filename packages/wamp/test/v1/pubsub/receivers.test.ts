import { describe, expect, it } from 'vitest'
import { receiversIn } from '../../../src/v1/pubsub/receivers.ts'

describe('receiversIn', () => {
  it('leaves the publisher out by default, and says no more than it has to', () => {
    expect(receiversIn({}, 'me')).toEqual([])
    expect(receiversIn({ excludeMe: true }, 'me')).toEqual([])
    expect(receiversIn({ excludeMe: false }, 'me')).toEqual([false])
  })

  it('names the publisher beside the sessions that are excluded, where both are left out', () => {
    expect(receiversIn({ exclude: ['a'] }, 'me')).toEqual([['a']])
    expect(receiversIn({ exclude: ['a'], excludeMe: true }, 'me')).toEqual([['a', 'me']])
    expect(receiversIn({ exclude: ['a'], excludeMe: true }, undefined)).toEqual([['a']])
  })

  it('lists the sessions that are eligible behind those that are excluded', () => {
    expect(receiversIn({ eligible: ['b'] }, 'me')).toEqual([['me'], ['b']])
    expect(receiversIn({ eligible: ['b'], excludeMe: false }, 'me')).toEqual([[], ['b']])
  })

  it('refuses options that do not exist, and lists of anything but ids', () => {
    expect(() => receiversIn({ excludeme: true } as object, 'me')).toThrow('did you mean excludeMe?')
    expect(() => receiversIn({ exclude: [7] as never }, 'me')).toThrow('option exclude must be a list of session ids')
  })
})
