import { describe, expect, it } from 'vitest'
import { checkSchema } from '../../src/conversation/standard-schema.ts'

const standard = { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) }

describe('checkSchema', () => {
  it('accepts objects, and functions as ArkType has them', () => {
    checkSchema({ '~standard': standard }, 'json')
    checkSchema(
      Object.assign(() => undefined, { '~standard': standard }),
      'json',
    )
  })

  for (const [schema, message] of [
    [null, 'the schema of json must have the interface of Standard Schema, and not be null'],
    [5, 'the schema of json must have the interface of Standard Schema, and not be 5'],
    [{ parse: () => 1 }, 'the schema of json must have the interface of Standard Schema, and not be [object Object]'],
    [
      { onRefused: () => 1 },
      'the schema of json must have the interface of Standard Schema, and not be [object Object]: options come after it, json(undefined, { … })',
    ],
    [(value: unknown) => value, 'the schema of json must have the interface of Standard Schema, and not be a function'],
    [{ '~standard': 5 }, 'the schema of json must have the interface of Standard Schema, and not be [object Object]'],
    [{ '~standard': { ...standard, version: 2 } }, 'the schema of json has version 2 of Standard Schema, and not 1'],
    [{ '~standard': { version: 1, vendor: 'test' } }, 'the schema of json has no function validate'],
  ] as const) {
    it(`refuses: ${message}`, () => {
      expect(() => checkSchema(schema, 'json')).toThrow(expect.objectContaining({ name: 'ApiMisuse', message }))
    })
  }
})
