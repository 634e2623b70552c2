import { ConnectionClosed } from '@autobahn-ts/websocket/portable'
import { expect, it } from 'vitest'
import { lostWith, SessionClosed } from '../../src/session/session-closed.ts'

it('SessionClosed is a ConnectionClosed that says whether the request was sent', () => {
  const error = new SessionClosed('gone', false, 'wamp.close.killed')
  expect(error).toBeInstanceOf(ConnectionClosed)
  expect(error).toMatchObject({ message: 'gone', mayHaveRun: false, reason: 'wamp.close.killed', closeCode: 1006 })
})

it('a request that waited may have run', () => {
  const end = { reason: 'wamp.close.killed', message: 'the router has closed the session', wasClean: true }
  expect(lostWith(end, 'the call of a')).toMatchObject({
    mayHaveRun: true,
    reason: 'wamp.close.killed',
    message: 'the call of a was in progress when the session ended: the router has closed the session',
  })
})
