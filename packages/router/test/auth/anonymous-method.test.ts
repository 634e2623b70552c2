import { expect, it } from 'vitest'
import { AnonymousMethod } from '../../src/auth/anonymous-method.ts'
import { joinRequest, principalOf } from '../fixtures/join-requests.ts'

it('lets in everybody, each under a name of its own, whatever name it gave', () => {
  let n = 0
  const method = new AnonymousMethod('guest', () => `name-${n++}`)
  expect(principalOf(method.begin(joinRequest({ authid: 'admin', authrole: 'admin' })))).toMatchObject({
    authid: 'name-0',
    authrole: 'guest',
  })
  expect(principalOf(method.begin(joinRequest()))).toMatchObject({ authid: 'name-1', authrole: 'guest' })
})
