import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import { joinDecision } from '../../src/join/join-decision.ts'

const proved = { authid: 'joe', authrole: 'user' }

describe('what beforeJoin returns', () => {
  it('lets the client in as it has proved itself, where it is nothing', () => {
    expect(joinDecision(undefined, proved)).toBe(proved)
    expect(joinDecision(null, proved)).toBe(proved)
  })

  it('lets the client in as another principal, or refuses it', () => {
    const other = { ...proved, authrole: 'guest', authprovider: 'rules', authextra: { since: 2020 } }
    expect(joinDecision(other, proved)).toBe(other)
    expect(joinDecision({ reason: 'com.closed', message: 'come tomorrow' }, proved)).toEqual({
      reason: 'com.closed',
      message: 'come tomorrow',
    })
    expect(joinDecision({ reason: 'com.closed' }, proved)).toEqual({ reason: 'com.closed', message: '' })
  })

  it('counts as thrown where it is an error', () => {
    const error = new Error('no')
    expect(() => joinDecision(error, proved)).toThrow(error)
  })

  for (const [value, message] of [
    [false, 'beforeJoin returned false, which lets nobody in'],
    [{}, 'beforeJoin returned [object Object], which lets nobody in'],
    [{ authid: 'joe' }, 'which lets nobody in'],
    [{ ...proved, authRole: 'admin' }, 'there is no option authRole of a principal of beforeJoin; did you mean authrole?'],
    [{ ...proved, authrole: 7 }, 'option authrole must be a string, and not 7'],
    [{ reason: 7, message: '' }, 'option reason must be a URI, and not 7'],
    [{ message: 'no' }, 'which lets nobody in'],
    [{ ...proved, reason: 'com.closed' }, 'there is no option authid of a refusal of beforeJoin'],
  ] as const) {
    it(`lets nobody in where it is ${JSON.stringify(value)}`, () => {
      expect(() => joinDecision(value, proved)).toThrow(ApiMisuse)
      expect(() => joinDecision(value, proved)).toThrow(message)
    })
  }
})
