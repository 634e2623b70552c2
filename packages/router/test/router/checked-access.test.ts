import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import type { Party } from '../../src/parties/party.ts'
import type { Access } from '../../src/realm/access.ts'
import { CheckedAccess } from '../../src/router/checked-access.ts'

const party = {} as Party

describe('the access of an application', () => {
  it('is handed on as it is, where its answers are clear', async () => {
    const verdict = { allow: true, disclose: true, force: true }
    const { access, errors } = checked({ mayDo: () => verdict, mayReceive: (_, topic) => topic === 'com.a' })
    expect(access.mayDo(party, 'call', 'com.a', 'exact')).toBe(verdict)
    expect([access.mayReceive(party, 'com.a'), access.mayReceive(party, 'com.b')]).toEqual([true, false])
    const later = checked({ mayDo: async () => ({ allow: false, disclose: false }) })
    await expect(later.access.mayDo(party, 'call', 'com.a', 'exact')).resolves.toEqual({ allow: false, disclose: false })
    expect(later.access.mayReceive(party, 'com.a')).toBe(true)
    expect(errors).toEqual([])
  })

  it('throws, or rejects with, what is wrong about a verdict', async () => {
    for (const answer of [undefined, true, {}, { allow: 1, disclose: false }, { allow: true, disclose: 'yes' }]) {
      const { access } = checked({ mayDo: () => answer as never })
      expect(() => access.mayDo(party, 'call', 'com.a', 'exact')).toThrow(ApiMisuse)
      const later = checked({ mayDo: async () => answer as never })
      await expect(later.access.mayDo(party, 'call', 'com.a', 'exact')).rejects.toThrow('mayDo of access returned')
    }
  })

  it('rejects where there is no answer within 30 seconds, and leaves no timer where there is one', async () => {
    const silent = checked({ mayDo: () => new Promise(() => {}) })
    const asked = silent.access.mayDo(party, 'call', 'com.a', 'exact')
    silent.clock.advance(29_999)
    expect(silent.clock.pending).toBe(1)
    silent.clock.advance(1)
    await expect(asked).rejects.toThrow('mayDo of access did not decide on call of com.a within 30 s')
    const failing = checked({ mayDo: () => Promise.reject(new Error('no database')) })
    await expect(failing.access.mayDo(party, 'call', 'com.a', 'exact')).rejects.toThrow('no database')
    expect([silent.clock.pending, failing.clock.pending]).toEqual([0, 0])
  })

  it('withholds an event, and reports, where mayReceive throws or does not say true or false', () => {
    const thrown = new Error('no database')
    const throwing = checked({
      mayDo: () => ({ allow: true, disclose: false }),
      mayReceive: () => {
        throw thrown
      },
    })
    expect(throwing.access.mayReceive(party, 'com.a')).toBe(false)
    expect(throwing.errors).toEqual([thrown])
    const unclear = checked({ mayDo: () => ({ allow: true, disclose: false }), mayReceive: () => undefined as never })
    expect(unclear.access.mayReceive(party, 'com.a')).toBe(false)
    expect(unclear.errors.map(({ message }) => message)).toEqual([
      'mayReceive of access returned undefined, and must return true or false at once',
    ])
  })
})

function checked(access: Access) {
  const errors: Error[] = []
  const clock = new FakeClock()
  return { access: new CheckedAccess(access, clock, error => errors.push(error)), errors, clock }
}
