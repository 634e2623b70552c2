import { checkOptions } from '@autobahn-ts/websocket/portable'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { AllKept, type Kept } from '../../src/client/kept.ts'
import { register, serve } from '../../src/client/registering.ts'
import type { ProcedureHandler } from '../../src/session/callee.ts'

describe('register', () => {
  it('keeps a registration with its options in the names of WAMP, and tells of its revocation', async () => {
    const { client, kept, told } = made()
    const onRevoked = (): void => {}
    const registration = await register(client, 'com.example', [() => 1, { invoke: 'first', discloseCaller: true, onRevoked }])
    expect([registration.uri, registration.isActive]).toEqual(['com.example', false])
    const asked: unknown[] = []
    const session = { register: async (...how: unknown[]) => asked.push(how.slice(0, 2)) && { id: 7 } }
    await kept[0]?.make(session as never)
    expect(asked).toEqual([['com.example', { invoke: 'first', disclose_caller: true }]])
    kept[0]?.over(undefined, new Error('closed'))
    expect(told).toEqual([[undefined, onRevoked]])
  })

  it.each<[string, readonly unknown[], string]>([
    ['com.example', [() => 1, { invok: 'first' }], 'did you mean invoke?'],
    ['com..example', [() => 1], 'a procedure must be a URI'],
    ['com.example', [5], 'takes a handler, which is a function'],
    ['com.example', [{ args: 5 }, () => 1], 'must have the interface of Standard Schema'],
  ])('refuses %s with %j', async (uri, rest, message) => {
    await expect(register(made().client, uri, rest as never)).rejects.toThrow(message)
  })
})

describe('serve', () => {
  it('takes back what was registered where one fails', async () => {
    const ended: string[] = []
    const client = {
      register: async (uri: string, _: ProcedureHandler) => {
        if (uri === 'b') throw new Error('refused')
        return { uri, unregister: async () => void ended.push(uri) } as never
      },
    }
    await expect(serve(client, { a: () => 1, b: () => 2, c: () => 3 })).rejects.toThrow('refused')
    expect(ended).toEqual(['a', 'c'])
    await (await serve(client, { d: () => 4 })).unregister()
    expect(ended).toEqual(['a', 'c', 'd'])
  })

  it('registers nothing where one of them is not a function', async () => {
    const asked: string[] = []
    const client = {
      register: async (uri: string): Promise<never> => {
        asked.push(uri)
        throw new Error('an unhandled rejection')
      },
    }
    await expect(serve(client, { a: () => 1, b: 5 as never })).rejects.toThrow('serve takes functions, and b is 5')
    expect(asked).toEqual([])
  })
})

function made() {
  const kept: Kept[] = []
  const told: unknown[][] = []
  const client = {
    all: new AllKept(new FakeClock(), 0, () => {}),
    keep: async (each: Kept) => void kept.push(each),
    revoked: (...how: unknown[]) => void told.push(how),
    check: checkOptions,
  }
  return { client, kept, told }
}
