import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { checkArgumentSchemas, checkedArguments } from '../../src/client/checked-arguments.ts'

const schemas = { args: v.tuple([v.string(), v.optional(v.number(), 1)]), kwargs: v.object({ unit: v.picklist(['m', 'km']) }) }

describe('checkedArguments', () => {
  it('gives what the schemas make of the values', async () => {
    expect(await checkedArguments(schemas, { args: ['x', undefined], kwargs: { unit: 'm', more: 1 } })).toEqual({
      args: ['x', 1],
      kwargs: { unit: 'm' },
    })
  })

  it('lets through what has no schema', async () => {
    expect(checkedArguments({}, { args: [1], kwargs: { a: 2 } })).toEqual({ args: [1], kwargs: { a: 2 } })
  })

  it('says what does not fit, and where', async () => {
    const checking = async (): Promise<unknown> => checkedArguments(schemas, { args: [5], kwargs: { unit: 'mile' } })
    await expect(checking()).rejects.toMatchObject({
      uri: 'wamp.error.invalid_argument',
      args: [expect.stringMatching(/^args\.0: .*5/)],
      kwargs: { issues: [{ path: 'args.0' }, { path: 'kwargs.unit' }] },
    })
  })

  it('waits for schemas that answer with a promise', async () => {
    const slow = v.pipeAsync(
      v.array(v.number()),
      v.checkAsync(async ([n = 0]) => n > 0, 'must be positive'),
    )
    expect(await checkedArguments({ args: slow }, { args: [1], kwargs: {} })).toEqual({ args: [1], kwargs: {} })
    await expect(checkedArguments({ args: slow }, { args: [-1], kwargs: {} })).rejects.toThrow('args: must be positive')
  })
})

describe('checkArgumentSchemas', () => {
  it('takes an object of schemas, and nothing else', () => {
    expect(() => checkArgumentSchemas(schemas, 'register of a')).not.toThrow()
    expect(() => checkArgumentSchemas({}, 'register of a')).not.toThrow()
    expect(() => checkArgumentSchemas({ arg: schemas.args }, 'register of a')).toThrow(
      'the schemas of register of a are args and kwargs, and not arg',
    )
    expect(() => checkArgumentSchemas({ args: 5 }, 'register of a')).toThrow('must have the interface of Standard Schema, and not be 5')
  })
})
