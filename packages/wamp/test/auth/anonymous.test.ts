import { expect, it } from 'vitest'
import { anonymous } from '../../src/auth/anonymous.ts'

it('anonymous says nothing of an identity, or asks for an id', async () => {
  const transport = { kind: 'memory', peer: '', isSecure: false, headers: {} } as const
  expect(anonymous().name).toBe('anonymous')
  expect((await anonymous().begin(transport)).hello).toEqual({})
  expect((await anonymous('joe').begin(transport)).hello).toEqual({ authid: 'joe' })
  expect(await (await anonymous().begin(transport)).answer({}, 'anonymous')).toEqual({ signature: '' })
})
