import { JsonSerializer, type Message, MessageType } from '@autobahn-ts/wamp/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tracedMessage } from '../../src/realm/traced-message.ts'
import { payload } from '../fixtures/test-realm.ts'

const { ABORT, AUTHENTICATE, CALL, CHALLENGE, ERROR, EVENT, HELLO, INVOCATION, PUBLISH, RESULT, SUBSCRIBED, WELCOME, YIELD } = MessageType

describe('a message that is traced', () => {
  it('has its elements without the payload', () => {
    expect(tracedMessage([CALL, 1, { timeout: 5 }, 'com.add', payload(1, 2)], 'received', 7, 0)).toEqual({
      time: 7,
      direction: 'received',
      type: 'CALL',
      message: [CALL, 1, { timeout: 5 }, 'com.add'],
    })
    expect(tracedMessage([SUBSCRIBED, 1, 2], 'sent', 7, 0)).toMatchObject({ type: 'SUBSCRIBED', message: [SUBSCRIBED, 1, 2] })
  })

  it('has its payload where that is asked for, cut to the size', () => {
    const message: Message = [PUBLISH, 1, {}, 'com.tick', { args: ['abcdefgh'.repeat(10)], kwargs: { unit: 's' } }]
    expect(tracedMessage(message, 'received', 0, 1000).payload).toEqual({ args: ['abcdefgh'.repeat(10)], kwargs: { unit: 's' } })
    expect(JSON.stringify(tracedMessage(message, 'received', 0, 10).payload)).toBe('{"args":["abcdefgh…"],"kwargs":"…"}')
  })

  it.each<[string, Message]>([
    ['ABORT', [ABORT, {}, 'com.a', payload('hunter2')]],
    ['ERROR', [ERROR, CALL, 1, {}, 'com.a', payload('hunter2')]],
    ['PUBLISH', [PUBLISH, 1, {}, 'com.a', payload('hunter2')]],
    ['EVENT', [EVENT, 1, 2, {}, payload('hunter2')]],
    ['CALL', [CALL, 1, {}, 'com.a', payload('hunter2')]],
    ['RESULT', [RESULT, 1, {}, payload('hunter2')]],
    ['INVOCATION', [INVOCATION, 1, 2, {}, payload('hunter2')]],
    ['YIELD', [YIELD, 1, {}, payload('hunter2')]],
  ])('shows no payload that nobody asked for: %s', (type, message) => {
    const traced = tracedMessage(message, 'sent', 0, 0)
    expect(traced.type).toBe(type)
    expect(JSON.stringify(traced)).not.toContain('hunter2')
    expect(JSON.stringify(tracedMessage(message, 'sent', 0, 100))).toContain('hunter2')
  })

  it.each<[string, Message]>([
    ['the signature of AUTHENTICATE', [AUTHENTICATE, 'hunter2', {}]],
    ['what AUTHENTICATE has beside it', [AUTHENTICATE, '', { nonce: 'hunter2', other: 'hunter2' }]],
    ['what CHALLENGE asks', [CHALLENGE, 'scram', { salt: 'hunter2' }]],
    ['what HELLO proves', [HELLO, 'realm1', { roles: {}, authextra: { pubkey: 'hunter2' }, 'resume-token': 'hunter2' }]],
    [
      'what WELCOME proves and gives',
      [WELCOME, 1, { roles: {}, authextra: { verifier: 'hunter2' }, 'resume-token': 'hunter2', resume_token: 'hunter2' }],
    ],
    ['a ticket that an authenticator is asked about', [CALL, 1, {}, 'com.authenticate', payload('realm1', 'joe', { ticket: 'hunter2' })]],
    ['the secret that it answers', [YIELD, 1, {}, payload({ role: 'user', secret: 'hunter2', storedKey: 'hunter2' })]],
    ['keywords of a login', [CALL, 1, {}, 'com.login', { args: [], kwargs: { user: 'joe', password: 'hunter2' } }]],
    ['details that no specification knows', [CALL, 1, { _access_token: 'hunter2' }, 'com.a']],
  ])('shows no secret: %s', (_, message) => {
    for (const size of [0, 10_000]) expect(JSON.stringify(tracedMessage(message, 'received', 0, size))).not.toContain('hunter2')
  })

  it('has a bounded size, whatever the client puts into it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string({ minLength: 3000, maxLength: 5000 }), (details, uri) => {
        const traced = tracedMessage([CALL, 1, { ...details, long: 'x'.repeat(10_000) }, uri], 'received', 0, 0)
        expect(JSON.stringify(traced).length).toBeLessThan(20_000)
        expect(traced.message.length).toBe(4)
      }),
    )
  })
})

it('shows a payload of a trusted role that cannot be read as such, and does not fail', () => {
  const message = new JsonSerializer().decode('[16,1,{},"com.example.t",[01x]]', true)
  expect(tracedMessage(message, 'received', 0, 100)).toMatchObject({ type: 'PUBLISH', payload: { args: '[unreadable]', kwargs: {} } })
})
