import { expect, it } from 'vitest'
import { ProtocolViolation } from '../../src/messages/protocol-violation.ts'

it('is an error with a name and a code of its own', () => {
  const error = new ProtocolViolation('CALL: request must be an id')
  expect(error).toBeInstanceOf(Error)
  expect(error.name).toBe('ProtocolViolation')
  expect(error.code).toBe('ERR_WAMP_PROTOCOL_VIOLATION')
  expect(error.message).toBe('CALL: request must be an id')
})
