import * as vm from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import type { ConnectionAccept } from '../../src/handshake/connection-request.ts'
import { acceptanceOf, askHook, changesOf, checkConfirmed, yesOrNo } from '../../src/handshake/hook-values.ts'
import { HttpException } from '../../src/handshake/http/http-exception.ts'
import { ApiMisuse, HandshakeFailed } from '../../src/protocol/faults/errors.ts'

const accept = (returned: unknown) => acceptanceOf(returned as ConnectionAccept, ['a', 'b'])
const change = (returned: unknown) => changesOf(returned as { origin?: string })
const misuse = (message: string) => expect.objectContaining({ constructor: ApiMisuse, message: expect.stringContaining(message) })

/** Values that say nothing, or no. */
const strange: readonly (readonly [name: string, value: unknown, shown: string])[] = [
  ['false', false, 'false'],
  ['true', true, 'true'],
  ['0', 0, '0'],
  ['NaN', Number.NaN, 'NaN'],
  ['401', 401, '401'],
  ['a bigint', 403n, '403'],
  ['a symbol', Symbol('no'), 'Symbol(no)'],
  ['a function', () => 'a', 'a function'],
  ['a list', ['b', { 'X-H': '1' }], 'a list'],
  ['an Error', new Error('no'), 'an error (Error: no)'],
  ['an instance of a class without keys', new (class Denied {})(), 'an object (Object)'],
  ['a Response of the platform', new Response(null, { status: 403 }), 'an object (Response)'],
  ['a Map', new Map([['protocol', 'a']]), 'an object (Map)'],
  ['an object that inherits its keys', Object.create({ protocol: 'a' }), 'an object (Object)'],
]

describe('askHook', () => {
  const broken = new Error('broken')
  const asked = async (call: () => string | Promise<string>, then: (value: string) => void = () => undefined) => {
    const [seen, failed] = [vi.fn(then), vi.fn()]
    askHook(call, seen, failed)
    const atOnce = seen.mock.calls.length + failed.mock.calls.length
    await new Promise(resolve => setImmediate(resolve))
    return { atOnce, seen: seen.mock.calls.flat(), failed: failed.mock.calls.flat() }
  }

  it('hands on a value at once, and that of a promise when it has resolved', async () => {
    expect(await asked(() => 'a')).toEqual({ atOnce: 1, seen: ['a'], failed: [] })
    expect(await asked(() => Promise.resolve('a'))).toEqual({ atOnce: 0, seen: ['a'], failed: [] })
  })

  it('tells what the hook throws or rejects with, once', async () => {
    expect(await asked(() => Promise.reject(broken))).toEqual({ atOnce: 0, seen: [], failed: [broken] })
    const threw = (): never => {
      throw broken
    }
    expect(await asked(threw)).toEqual({ atOnce: 1, seen: [], failed: [broken] })
  })

  it('tells what goes wrong with the value in the same way', async () => {
    const threw = (): never => {
      throw broken
    }
    expect(await asked(() => 'a', threw)).toEqual({ atOnce: 2, seen: ['a'], failed: [broken] })
    expect(await asked(() => Promise.resolve('a'), threw)).toEqual({ atOnce: 0, seen: ['a'], failed: [broken] })
  })

  it('hands on one value of a thenable that settles twice', async () => {
    const twice = Object.fromEntries([['then', (done: (value: string) => void) => [done('a'), done('b')]]]) as unknown as Promise<string>
    expect(await asked(() => twice)).toEqual({ atOnce: 0, seen: ['a'], failed: [] })
  })
})

describe('acceptanceOf', () => {
  it('takes nothing for acceptance without a subprotocol', () => {
    for (const returned of [undefined, null]) expect(accept(returned)).toEqual({ protocol: '', headers: undefined, data: undefined })
  })

  it('takes an offered subprotocol', () => {
    expect(accept('b')).toEqual({ protocol: 'b', headers: undefined, data: undefined })
  })

  it('takes an object with protocol, headers and data, or some of them, of any realm', () => {
    expect(accept({ protocol: 'a', headers: { 'X-A': '1' }, data: 7 })).toEqual({ protocol: 'a', headers: { 'X-A': '1' }, data: 7 })
    expect(accept({})).toEqual({ protocol: '', headers: undefined, data: undefined })
    expect(accept({ protocol: undefined, headers: null })).toEqual({ protocol: '', headers: undefined, data: undefined })
    expect(accept(Object.assign(Object.create(null), { data: 1 })).data).toBe(1)
    expect(accept(vm.runInNewContext('({ data: 1 })')).data).toBe(1)
  })

  it('throws an HttpException that was returned', () => {
    const refusal = new HttpException(403, 'forbidden')
    expect(() => accept(refusal)).toThrow(refusal)
  })

  for (const [name, value, shown] of strange) {
    it(`refuses ${name} and names it`, () => {
      expect(() => accept(value)).toThrowError(misuse(`onConnect returned ${shown}, which does not accept`))
    })
  }

  for (const chosen of ['', 'c', 'A', 'a, b', 'a\r\nX: y']) {
    it(`refuses the subprotocol ${JSON.stringify(chosen)}, which was not offered, alone and in an object`, () => {
      expect(() => accept(chosen)).toThrowError(misuse('was not offered by the client'))
      expect(() => accept({ protocol: chosen })).toThrowError(misuse('was not offered by the client'))
    })
  }

  it('refuses a subprotocol that is not a string', () => {
    expect(() => accept({ protocol: 5 })).toThrowError(misuse('onConnect returned the subprotocol 5, which is not a string'))
    expect(() => accept({ protocol: false })).toThrowError(misuse('the subprotocol false'))
  })

  it('refuses an object with another key and says which one was meant', () => {
    expect(() => accept({ subprotocol: 'a' })).toThrowError(
      misuse('onConnect returned an object with the key subprotocol; did you mean protocol?'),
    )
    expect(() => accept({ status: 403 })).toThrowError(
      misuse('there are protocol, headers, data: put what handlers read under data, and throw an HttpException to refuse'),
    )
    expect(() => accept({ [Symbol('x')]: 1 })).toThrowError(misuse('Symbol(x)'))
    expect(() => accept(Object.defineProperty({}, 'status', { value: 403 }))).toThrowError(misuse('status'))
  })
})

describe('changesOf', () => {
  it('takes nothing, or parts of the request', () => {
    expect(change(undefined)).toEqual({})
    expect(change(null)).toEqual({})
    expect(change({ origin: 'https://a' })).toEqual({ origin: 'https://a' })
  })

  it('throws a HandshakeFailed that was returned', () => {
    const why = new HandshakeFailed('not now')
    expect(() => change(why)).toThrow(why)
  })

  for (const [name, value, shown] of strange) {
    it(`refuses ${name} and names it`, () => {
      expect(() => change(value)).toThrowError(misuse(`onConnecting returned ${shown}, which is not an object with parts of the request`))
    })
  }

  it('refuses a part that does not exist and says which one was meant', () => {
    expect(() => change({ protocol: ['a'] })).toThrowError(misuse('did you mean protocols?'))
  })
})

describe('checkConfirmed', () => {
  it('ignores a value that does not refuse', () => {
    for (const returned of [undefined, null, true, 0, 'x', {}]) expect(() => checkConfirmed(returned)).not.toThrow()
  })

  it('throws a HandshakeFailed that was returned', () => {
    const why = new HandshakeFailed('wrong server')
    expect(() => checkConfirmed(why)).toThrow(why)
  })

  it('refuses false and errors', () => {
    expect(() => checkConfirmed(false)).toThrowError(misuse('onConnect returned false'))
    expect(() => checkConfirmed(new Error('no'))).toThrowError(misuse('onConnect returned an error (Error: no)'))
  })
})

describe('yesOrNo', () => {
  it('takes true and false', () => {
    expect([true, false].map(value => yesOrNo(value, 'it'))).toEqual([true, false])
  })

  it('refuses everything else, a promise above all', () => {
    for (const value of [undefined, null, 0, 1, '', 'yes', {}, Promise.resolve(false)]) {
      expect(() => yesOrNo(value, 'trustedProxies')).toThrowError(misuse('trustedProxies must return true or false, and returned '))
    }
  })
})

/** Types alone: `tsc` fails where one of these compiles. */
export const compileTime = (): void => {
  const typed = (answer: () => ConnectionAccept | Promise<ConnectionAccept>): unknown => answer
  typed(() => 'a')
  typed(() => undefined)
  typed(async () => ({ protocol: 'a', headers: { 'X-A': '1' }, data: 1 }))
  // @ts-expect-error an HttpException is thrown, not returned
  typed(() => new HttpException(403, 'forbidden'))
  // @ts-expect-error also by a promise
  typed(async () => new HttpException(403, 'forbidden'))
  // @ts-expect-error an error does not accept
  typed(() => new Error('no'))
  // @ts-expect-error
  typed(() => false)
  // @ts-expect-error
  typed(() => 401)
  // @ts-expect-error
  typed(() => ({ subprotocol: 'a' }))
}
