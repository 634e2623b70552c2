import { expect, it } from 'vitest'
import { briefJsonChecks } from '../../src/conversation/brief-json-checks.ts'
import { ApiMisuse } from '../../src/protocol/faults/errors.ts'

it('takes a function onRefused, or nothing', () => {
  const options = { onRefused: () => undefined }
  expect([briefJsonChecks.options(options), briefJsonChecks.options()]).toEqual([options, {}])
})

it('refuses all other options', () => {
  for (const options of [{ onRefused: 1 }, { onrefused: () => undefined }, null, 5]) {
    expect(() => briefJsonChecks.options(options as never)).toThrow('the options of json are { onRefused: a function }, and nothing else')
  }
})

it('takes a schema, also one that is a function, and refuses everything else', () => {
  const schema = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } }
  briefJsonChecks.schema(schema, 'json')
  briefJsonChecks.schema(
    Object.assign(() => undefined, schema),
    'json',
  )
  for (const wrong of [null, 5, {}, { '~standard': 5 }, { '~standard': { version: 2 } }, { '~standard': { version: 1 } }])
    expect(() => briefJsonChecks.schema(wrong, 'json')).toThrow(
      new ApiMisuse('the schema of json must have the interface of Standard Schema, version 1'),
    )
})
