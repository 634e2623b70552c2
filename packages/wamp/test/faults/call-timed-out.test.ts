import { expect, it } from 'vitest'
import { CallTimedOut } from '../../src/faults/call-timed-out.ts'

it('is an error with a name and a code of its own', () => {
  const error = new CallTimedOut('no answer within 2 s')
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({ name: 'CallTimedOut', code: 'ERR_CALL_TIMED_OUT', message: 'no answer within 2 s' })
})
