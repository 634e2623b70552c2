import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { checkedProcedure, checkedSubscriber } from '../../src/client/checked-handlers.ts'
import { Invocation, InvocationLife } from '../../src/session/invocation.ts'

const numbers = { args: v.array(v.number()) }

describe('handlers with schemas', () => {
  it('of calls get what the schemas have made', async () => {
    const doubled = {
      args: v.pipe(
        v.array(v.number()),
        v.transform(all => all.map(n => 2 * n)),
      ),
    }
    expect(await checkedProcedure(({ args }) => args, doubled, 'register of a')(invocation([1, 2]))).toEqual([2, 4])
    const checking = async (): Promise<unknown> => checkedProcedure(() => 1, numbers, 'register of a')(invocation(['x']))
    await expect(checking()).rejects.toMatchObject({ uri: 'wamp.error.invalid_argument' })
  })

  it('of events get what the schemas have made', async () => {
    const event = { topic: 'a', args: [1], kwargs: {}, details: {}, publication: 1 }
    expect(await checkedSubscriber(given => given, numbers, 'subscribe of a')(event)).toEqual(event)
  })

  it('are not made of something else', () => {
    expect(() => checkedProcedure(() => 1, { args: 5 } as never, 'register of a')).toThrow('the schema args of register of a must have')
    expect(() => checkedSubscriber(() => 1, { arg: numbers.args } as never, 'subscribe of a')).toThrow('and not arg')
  })
})

function invocation(args: readonly unknown[], kwargs: Readonly<Record<string, unknown>> = {}): Invocation {
  return new Invocation(args, kwargs, {}, 'a', new InvocationLife(1, false, 1, () => {}))
}
