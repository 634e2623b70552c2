import { expect, it } from 'vitest'
import { answerOf } from '../../src/transports/longpoll-answer.ts'

it('makes an answer without a body', () => {
  expect(answerOf(204)).toEqual({ status: 204, body: new Uint8Array(0), isBinary: false })
})
