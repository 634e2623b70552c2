import { describe, expect, it } from 'vitest'
import { checkElement, checkMessage, checkWhole, isTooShort, mustBe, ruleOf, wrongLength } from '../../src/messages/check-message.ts'
import { messageRule } from '../../src/messages/message-table.ts'
import { payloadOf } from '../../src/messages/payload.ts'
import { ProtocolViolation } from '../../src/messages/protocol-violation.ts'

const forwarded = [{ session: 1, authid: null, authrole: 'anonymous' }]

describe('checkMessage', () => {
  it.each([
    ['HELLO', [1, 'realm1', { roles: { caller: { features: { call_canceling: true } } }, authmethods: ['ticket'], 'resume-session': 5 }]],
    ['HELLO with keys that WAMP does not know', [1, 'realm1', { roles: { caller: {} }, x_cb_node_id: 1, constructor: 5, _own: null }]],
    ['WELCOME', [2, 9007199254740992, { roles: { broker: {} }, authextra: {} }]],
    ['ABORT', [3, { message: 'no' }, 'wamp.error.no_such_realm']],
    ['ABORT with a payload', [3, {}, 'wamp.error.no_such_realm', payloadOf([1])]],
    ['CHALLENGE', [4, 'ticket', {}]],
    ['AUTHENTICATE', [5, 'secret', {}]],
    ['GOODBYE', [6, {}, 'wamp.close.normal']],
    ['ERROR', [8, 48, 7, {}, 'com.example.error', payloadOf([1])]],
    ['PUBLISH', [16, 1, { acknowledge: true, exclude: [1, 2], eligible_authid: ['a'], ppt_scheme: 'x_mine' }, 'a.b', payloadOf([1])]],
    ['PUBLISHED', [17, 1, 2]],
    ['SUBSCRIBE', [32, 1, { match: 'wildcard', get_retained: true, forward_for: forwarded }, 'a..b']],
    ['SUBSCRIBED', [33, 1, 2]],
    ['UNSUBSCRIBE', [34, 1, 2]],
    ['UNSUBSCRIBE with the options of links', [34, 1, 2, { forward_for: forwarded }]],
    ['UNSUBSCRIBED', [35, 1]],
    ['UNSUBSCRIBED of a revocation', [35, 0, { subscription: 5, reason: 'gone' }]],
    ['EVENT', [36, 1, 2, { publisher: 3, topic: 'a', retained: true, trustlevel: 0 }, payloadOf([], { a: 1 })]],
    ['CALL', [48, 1, { timeout: 0, receive_progress: true, runmode: 'partition', ppt_scheme: 'wamp', ppt_keyid: 'k' }, 'a']],
    ['CANCEL', [49, 1, { mode: 'skip' }]],
    ['RESULT', [50, 1, { progress: true }]],
    ['REGISTER', [64, 1, { invoke: 'roundrobin', concurrency: 1, force_reregister: true }, 'a']],
    ['REGISTERED', [65, 1, 2]],
    ['UNREGISTER', [66, 1, 2]],
    ['UNREGISTERED', [67, 1]],
    ['UNREGISTERED of a revocation', [67, 0, { registration: 5 }]],
    ['INVOCATION', [68, 1, 2, { procedure: 'a', caller: 3, caller_authid: 'me' }, payloadOf([1])]],
    ['INTERRUPT', [69, 1, { mode: 'killnowait', reason: 'wamp.error.timeout' }]],
    ['YIELD', [70, 1, { progress: false }, payloadOf([1])]],
  ])('accepts %s', (_, message) => {
    expect(() => checkMessage(message)).not.toThrow()
  })

  it.each([
    [[], 'the code of a message must be one of WAMP, and not nothing'],
    [[7], 'the code of a message must be one of WAMP, and not 7'],
    [['48'], 'the code of a message must be one of WAMP, and not a string'],
    [[48, 1, {}], 'CALL must have 4 to 6 elements, and not 3'],
    [[17, 1], 'PUBLISHED must have 3 elements, and not 2'],
    [[35], 'UNSUBSCRIBED must have 2 to 3 elements, and not 1'],
    [[49, 1, {}, 1], 'CANCEL must have 3 elements, and not 4'],
    [[48, 0, {}, 'a'], 'CALL.Request must be an id, from 1 to 2^53, and not 0'],
    [[48, 1.5, {}, 'a'], 'CALL.Request must be an id, from 1 to 2^53, and not 1.5'],
    [[48, 2n ** 53n + 1n, {}, 'a'], 'CALL.Request must be an id, from 1 to 2^53, and not an integer beyond 2^53'],
    [[48, 1, [], 'a'], 'CALL.Options must be a dictionary, and not a list'],
    [[48, 1, null, 'a'], 'CALL.Options must be a dictionary, and not null'],
    [[48, 1, {}, 5], 'CALL.Procedure must be a string with a URI, and not 5'],
    [[48, 1, { timeout: '5' }, 'a'], 'CALL.Options.timeout must be an integer from 0, and not a string'],
    [[48, 1, { receive_progress: 1 }, 'a'], 'CALL.Options.receive_progress must be a boolean, and not 1'],
    [[48, 1, { runmode: 'all' }, 'a'], 'CALL.Options.runmode must be "partition", and not a string'],
    [
      [48, 1, { ppt_scheme: 'mine' }, 'a'],
      'CALL.Options.ppt_scheme must be "wamp", "mqtt", or a string that begins with "x_", and not a string',
    ],
    [[48, 1, { ppt_cipher: 'aes256gcm' }, 'a'], 'CALL.Options.ppt_scheme is missing'],
    [[16, 1, { exclude: 5 }, 'a'], 'PUBLISH.Options.exclude must be a list of ids, and not 5'],
    [[16, 1, { eligible_authrole: [1] }, 'a'], 'PUBLISH.Options.eligible_authrole must be a list of strings, and not a list'],
    [[32, 1, { match: 'regex' }, 'a'], 'SUBSCRIBE.Options.match must be "exact", "prefix" or "wildcard", and not a string'],
    [
      [32, 1, { forward_for: [{ session: 1 }] }, 'a'],
      'SUBSCRIBE.Options.forward_for must be a list of dictionaries with session, authid and authrole, and not a list',
    ],
    [[1, 'realm1', {}], 'HELLO.Details.roles is missing'],
    [
      [1, 'realm1', { roles: {} }],
      'HELLO.Details.roles must be a dictionary of the roles publisher, subscriber, caller, callee, and not a dictionary',
    ],
    [[1, null, { roles: { caller: {} } }], 'HELLO.Realm must be a string with a URI, and not null'],
    [[4, new Uint8Array(2), {}], 'CHALLENGE.AuthMethod must be a string, and not binary data'],
    [[8, 49, 1, {}, 'a'], 'ERROR.REQUEST.Type must be the code of a request: 16, 32, 34, 48, 64, 66, 68, and not 49'],
    [[35, 0], 'UNSUBSCRIBED.Details.subscription is missing'],
    [[67, 0, { reason: 'a' }], 'UNREGISTERED.Details.registration is missing'],
    [[64, 1, { concurrency: 0 }, 'a'], 'REGISTER.Options.concurrency must be an integer from 1, and not 0'],
    [[69, 1, { mode: 'skip' }], 'INTERRUPT.Options.mode must be "kill" or "killnowait", and not a string'],
  ] as [message: unknown[], fault: string][])('says what is wrong, case %#', (message, fault) => {
    expect(() => checkMessage(message)).toThrow(new ProtocolViolation(fault))
  })
})

describe('the parts of the check', () => {
  const call = ruleOf(messageRule, 48)

  it('check one element, and the whole', () => {
    expect(() => checkElement(call, 0, 0)).toThrow('CALL.Request must be')
    expect(() => checkElement(call, 0, 1)).not.toThrow()
    expect(() => checkWhole(ruleOf(messageRule, 35), [35, 0, {}])).toThrow('UNSUBSCRIBED.Details.subscription is missing')
    expect(() => checkWhole(ruleOf(messageRule, 35), [35, 1])).not.toThrow()
  })

  it('put the name of an element together for a fault alone', () => {
    let asked = 0
    const watched = call.elements.map(element => ({
      ...element,
      get name() {
        asked++
        return element.name
      },
    }))
    const rule = { ...call, elements: watched }
    for (const [index, value] of [1, { timeout: 5 }, 'a.b'].entries()) checkElement(rule, index, value)
    expect(asked).toBe(0)
    expect(() => checkElement(rule, 1, { timeout: 'x' })).toThrow('CALL.Options.timeout must be')
    expect(asked).toBe(1)
  })

  it('know the length, without the code', () => {
    expect([2, 3, 4].map(length => isTooShort(call, length))).toEqual([true, false, false])
    expect(wrongLength(call, 9).message).toBe('CALL must have 4 to 6 elements, and not 10')
  })

  it('show a value by its kind', () => {
    const shown = [undefined, '', 'secret', 5, true, [1], {}, new Uint8Array(1), null, 2n ** 60n].map(
      value => mustBe('it', 'x', value).message,
    )
    expect(shown.map(each => each.slice('it must be x, and not '.length))).toEqual([
      'nothing',
      'an empty string',
      'a string',
      '5',
      'true',
      'a list',
      'a dictionary',
      'binary data',
      'null',
      'an integer beyond 2^53',
    ])
  })
})
