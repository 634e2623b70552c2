import { describe, expect, it } from 'vitest'
import { Call } from '../../../src/v1/rpc/call.ts'
import { invoke, Procedures } from '../../../src/v1/rpc/procedures.ts'

class Service {
  readonly factor = 3

  multiply(x: number): number {
    return this.factor * x
  }
}

describe('Procedures', () => {
  it('finds a registration by its whole URI', () => {
    const procedures = new Procedures()
    procedures.add('u', 'procedure', () => 1, undefined)
    expect([procedures.has('u'), procedures.has('u/'), procedures.has('U'), procedures.has('__proto__')]).toEqual([
      true,
      false,
      false,
      false,
    ])
    procedures.add('u', 'procedure', () => 2, undefined)
    expect(invoke(procedures.get('u')!, new Call(undefined, '1', 'u', []))).toBe(2)
    expect([procedures.remove('u'), procedures.remove('u')]).toEqual([true, false])
  })

  it('goes back to the registrations at the time of keep()', () => {
    const procedures = new Procedures()
    procedures.add('old', 'procedure', () => 1, undefined)
    const setBack = procedures.keep()
    procedures.remove('old')
    procedures.add('new', 'procedure', () => 2, undefined)
    setBack()
    expect([procedures.has('old'), procedures.has('new')]).toEqual([true, false])
  })

  it('calls methods on their object', () => {
    const procedures = new Procedures()
    const service = new Service()
    procedures.add('base#multiply', 'procedure', service.multiply, service)
    expect(invoke(procedures.get('base#multiply')!, new Call(undefined, '1', 'base#multiply', [2]))).toBe(6)
  })

  it('gives handlers the call, with the extra value of their registration', () => {
    const procedures = new Procedures()
    procedures.add('u', 'handler', (call: Call) => call.args, undefined, 'extra')
    expect(procedures.get('u')?.extra).toBe('extra')
    expect(invoke(procedures.get('u')!, new Call(undefined, '1', 'u', [1, 2]))).toEqual([1, 2])
  })

  it('refuses values that cannot be called', () => {
    const procedures = new Procedures()
    expect(() => procedures.add('', 'procedure', () => 1, undefined)).toThrow(/URI must be a non-empty string/)
    expect(() => procedures.add('u', 'procedure', undefined as never, undefined)).toThrow(
      'what is registered under u must be a function, and not undefined',
    )
  })
})
