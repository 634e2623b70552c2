import { describe, expect, it } from 'vitest'
import { broadcast } from '../../src/application/broadcast.ts'

const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }] as const
const all = new Set([a, b, c])
const isReceiver = (value: unknown): boolean => all.has(value as never)

describe('broadcast', () => {
  it('offers to all, in order, and counts who took it', () => {
    const offered: string[] = []
    const result = broadcast(all, {}, isReceiver, ({ name }, evenSlow) => {
      offered.push(`${name} ${evenSlow}`)
      return name !== 'b'
    })
    expect([result, offered]).toEqual([{ sent: 2, skipped: 1, skippedMembers: [b] }, ['a true', 'b true', 'c true']])
  })

  it('offers to the receivers in the option to, also to none', () => {
    expect(offeredTo({ to: [c, a] })).toEqual(['c', 'a'])
    expect(offeredTo({ to: [] })).toEqual([])
  })

  it('leaves out receivers in the option except, and counts them neither as sent nor as skipped', () => {
    expect(offeredTo({ except: b })).toEqual(['a', 'c'])
    expect(offeredTo({ except: [a, c] })).toEqual(['b'])
    expect(offeredTo({ to: [a, b], except: new Set([b, c]) })).toEqual(['a'])
    expect(broadcast(all, { except: b }, isReceiver, () => false)).toEqual({ sent: 0, skipped: 2, skippedMembers: [a, c] })
  })

  it('offers to slow receivers unless slow is skip', () => {
    for (const [slow, wanted] of [
      [undefined, true],
      ['send', true],
      ['skip', false],
    ] as const) {
      const asked: boolean[] = []
      broadcast(all, slow === undefined ? {} : { slow }, isReceiver, (_, evenSlow) => asked.push(evenSlow) > 0)
      expect(asked).toEqual([wanted, wanted, wanted])
    }
  })

  it('refuses what is not a receiver before anything is sent, and what cannot be iterated over', () => {
    const offered: unknown[] = []
    const to = (given: unknown) => () => broadcast(all, { to: given as never }, isReceiver, receiver => offered.push(receiver) > 0)
    expect(to([a, 5])).toThrow('broadcast sends to connections, not to 5')
    expect(to(new Proxy(new Uint8Array(1), {}))).toThrow('option to of broadcast must be iterable, not [object Object]')
    expect(offered).toEqual([])
  })
})

function offeredTo(options: Parameters<typeof broadcast<{ readonly name: string }>>[1]): string[] {
  const names: string[] = []
  broadcast<{ readonly name: string }>(all, options, isReceiver, ({ name }) => names.push(name) > 0)
  return names
}
