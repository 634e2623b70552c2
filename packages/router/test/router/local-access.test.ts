import { describe, expect, it } from 'vitest'
import type { Party } from '../../src/parties/party.ts'
import type { Access } from '../../src/realm/access.ts'
import { LocalAccess } from '../../src/router/local-access.ts'

const nothing: Access = { mayDo: () => ({ allow: false, disclose: false }), mayReceive: () => false }
const party = (authid: string) => ({ authid }) as Party

describe('the access of the application in this process', () => {
  it('is to everything, and that of others what the realm says', () => {
    const access = new LocalAccess(nothing)
    const [local, other] = [party('app'), party('app')]
    access.allow(local)
    expect(access.mayDo(local, 'register', 'com.a', 'exact')).toMatchObject({ allow: true })
    expect(access.mayReceive(local, 'com.a')).toBe(true)
    expect(access.mayDo(other, 'register', 'com.a', 'exact')).toMatchObject({ allow: false })
    expect(access.mayReceive(other, 'com.a')).toBe(false)
  })

  it('asks again where the rules were replaced while an answer was awaited, also where that has failed', async () => {
    let settle: { yes: () => void; fail: () => void } | undefined
    const slow: Access = {
      mayDo: () =>
        new Promise((resolve, reject) => {
          settle = { yes: () => resolve({ allow: true, disclose: false }), fail: () => reject(new Error('away')) }
        }),
    }
    const ask = (access: LocalAccess) => access.mayDo(party('x'), 'publish', 'com.a', 'exact')
    const kept = ask(new LocalAccess(slow))
    settle?.yes()
    expect(await kept).toMatchObject({ allow: true })
    for (const end of ['yes', 'fail'] as const) {
      const access = new LocalAccess(slow)
      const asked = ask(access)
      access.replace(nothing)
      settle?.[end]()
      expect(await asked).toMatchObject({ allow: false })
    }
    const failing = ask(new LocalAccess(slow))
    settle?.fail()
    await expect(failing).rejects.toThrow('away')
  })

  it('lets events through where the realm does not ask', () => {
    expect(new LocalAccess({ mayDo: nothing.mayDo }).mayReceive(party('x'), 'com.a')).toBe(true)
  })
})
