import { expect, it } from 'vitest'
import { StreamOverflow } from '../../src/client/stream-overflow.ts'

it('StreamOverflow names the stream and its bound', () => {
  expect(new StreamOverflow('com.example.count', 5)).toMatchObject({
    code: 'ERR_WAMP_STREAM_OVERFLOW',
    message: 'more than 5 values of com.example.count wait for the loop (option buffer)',
  })
})
