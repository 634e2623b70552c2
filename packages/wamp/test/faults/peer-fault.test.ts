import { expect, it } from 'vitest'
import { malformed, tooMuch } from '../../src/faults/peer-fault.ts'

it('closes with 1002 for a breach of WAMP, with 1008 above a limit', () => {
  expect(malformed('a second WELCOME')).toMatchObject({ name: 'PeerMisbehaved', closeCode: 1002, message: 'a second WELCOME' })
  expect(tooMuch('more than 256 prefixes')).toMatchObject({ name: 'PeerMisbehaved', closeCode: 1008, message: 'more than 256 prefixes' })
})
