import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { handlerArguments, plainHandler } from '../../src/client/handler-arguments.ts'
import { Invocation, InvocationLife } from '../../src/session/invocation.ts'

const numbers = { args: v.array(v.number()) }

describe('handlerArguments', () => {
  it('takes schemas before the handler, and options behind it', () => {
    const handler = (): number => 1
    expect(handlerArguments([handler], 'register', 'a')).toEqual([undefined, handler, {}])
    expect(handlerArguments([handler, { match: 'prefix' }], 'register', 'a')).toEqual([undefined, handler, { match: 'prefix' }])
    expect(handlerArguments([numbers, handler], 'register', 'a')).toEqual([numbers, handler, {}])
    expect(handlerArguments([numbers, handler, { match: 'prefix' }], 'register', 'a')).toEqual([numbers, handler, { match: 'prefix' }])
  })

  it('refuses what is not a handler', () => {
    expect(() => handlerArguments([5] as never, 'register', 'a')).toThrow('register of a takes a handler, which is a function, and not 5')
    expect(() => handlerArguments([numbers, 5] as never, 'subscribe', 'a')).toThrow('subscribe of a takes a handler')
  })
})

describe('handlers', () => {
  it('of plain functions get the positional arguments, and refuse keywords', () => {
    const add = plainHandler((a: number, b: number) => a + b)
    expect(add(invocation([2, 3]))).toBe(5)
    expect(() => add(invocation([2, 3], { c: 4 }))).toThrow('takes no keywords, and got c')
  })
})

function invocation(args: readonly unknown[], kwargs: Readonly<Record<string, unknown>> = {}): Invocation {
  return new Invocation(args, kwargs, {}, 'a', new InvocationLife(1, false, 1, () => {}))
}
