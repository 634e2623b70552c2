import { expect, it } from 'vitest'
import { RequestRefused } from '../../../src/node/rest/request-refused.ts'

it('has a status and a reason', () => {
  expect(new RequestRefused(401, 'no')).toMatchObject({ name: 'RequestRefused', status: 401, message: 'no' })
})
