import { expect, it } from 'vitest'
import * as message from '../../../src/v1/messages/message.ts'

it('numbers the messages as WAMP 1 does', () => {
  const { WELCOME, PREFIX, CALL, CALLRESULT, CALLERROR, SUBSCRIBE, UNSUBSCRIBE, PUBLISH, EVENT } = message
  expect([WELCOME, PREFIX, CALL, CALLRESULT, CALLERROR, SUBSCRIBE, UNSUBSCRIBE, PUBLISH, EVENT]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
})
