import { expect, it } from 'vitest'
import { EncodedPayload } from '../../src/serializers/encoded-payload.ts'

it('is decoded once, when it is read for the first time', () => {
  let count = 0
  const payload = new EncodedPayload(
    {
      name: 'json',
      open: form => {
        count++
        return { args: [form], kwargs: {} }
      },
    },
    '[1]',
  )
  expect([count, payload.formOf('json'), payload.formOf('cbor')]).toEqual([0, '[1]', undefined])
  expect([payload.args, payload.kwargs, payload.transparent]).toEqual([['[1]'], {}, undefined])
  expect(count).toBe(1)
})
