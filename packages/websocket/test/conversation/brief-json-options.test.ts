import { expect, it } from 'vitest'
import { briefJsonOptions } from '../../src/conversation/brief-json-options.ts'

it('takes a function onRefused, or nothing', () => {
  const options = { onRefused: () => undefined }
  expect([briefJsonOptions(options), briefJsonOptions()]).toEqual([options, {}])
})

it('refuses everything else', () => {
  for (const options of [{ onRefused: 1 }, { onrefused: () => undefined }, null, 5]) {
    expect(() => briefJsonOptions(options as never)).toThrow('the options of json are { onRefused: a function }, and nothing else')
  }
})
