import { describe, expect, it } from 'vitest'
import type { AuthMethod } from '../../src/auth/auth-method.ts'
import { cookie } from '../../src/auth/cookie.ts'
import { cryptosign } from '../../src/auth/cryptosign-method.ts'
import { scram } from '../../src/auth/scram-method.ts'
import { ticket } from '../../src/auth/ticket.ts'
import { MessageType } from '../../src/messages/message-type.ts'
import { beginning } from '../fixtures/router-script.ts'

const { WELCOME, CHALLENGE, AUTHENTICATE, ABORT } = MessageType

describe('HELLO', () => {
  it('offers the methods with their aliases, the first authid, and all that they add', async () => {
    const { router, clock } = beginning({
      auth: [
        method('scram', { authextra: { nonce: 'n' } }, ['wamp-scram']),
        method('ticket', { authid: 'joe', authrole: 'user' }),
        method('cryptosign', { authid: 'jane', authextra: { pubkey: 'k', nonce: 'other' } }),
      ],
    })
    await clock.settle()
    expect(router.sent[0]?.[2]).toMatchObject({
      authmethods: ['scram', 'wamp-scram', 'ticket', 'cryptosign'],
      authid: 'joe',
      authrole: 'user',
      authextra: { nonce: 'n', pubkey: 'k' },
    })
  })

  it('has what a later method adds, where an earlier one leaves it null', async () => {
    const { router, clock } = beginning({
      auth: [
        method('scram', { authextra: { nonce: 'n', channel_binding: null } }),
        method('cryptosign', { authextra: { pubkey: 'k', channel_binding: 'tls-exporter' } }),
      ],
    })
    await clock.settle()
    expect(router.sent[0]?.[2]).toMatchObject({ authextra: { nonce: 'n', pubkey: 'k', channel_binding: 'tls-exporter' } })
  })

  it('is not sent where a method fails, which is the reason that the opening rejects with', async () => {
    const bug = new Error('no key')
    const begin = (): never => {
      throw bug
    }
    const { router, opening } = beginning({ auth: [{ name: 'x', begin }] })
    await expect(opening).rejects.toBe(bug)
    expect(router.sent).toEqual([])
    expect(router.isClosed).toBe(true)
  })
})

describe('a method that never answers', () => {
  const begin = (): Promise<never> => new Promise(() => {})

  it('does not outlast the time to join', async () => {
    const { router, clock, opening } = beginning({ auth: [{ name: 'x', begin }], joinTimeout: 1000 })
    await clock.settle(1000)
    await expect(opening).rejects.toMatchObject({ name: 'ConnectionClosed', reason: 'wamp.error.timeout' })
    expect(router.isClosed).toBe(true)
  })

  it('does not outlast the transport', async () => {
    const { router, clock, opening } = beginning({ auth: [{ name: 'x', begin }], joinTimeout: 0 })
    await clock.settle()
    router.loses()
    await expect(opening).rejects.toMatchObject({ name: 'ConnectionClosed' })
  })
})

describe('two methods with one name', () => {
  it('are refused, because the secret of one would go with the name of the other', async () => {
    const { router, opening } = beginning({ auth: [ticket('joe', 'one'), ticket('jane', 'two')] })
    await expect(opening).rejects.toThrow('option auth has two methods with the name ticket')
    expect(router.sent).toEqual([])
  })
})

describe('CHALLENGE', () => {
  it('is answered by the method', async () => {
    const { router, clock, opening } = beginning({ auth: [ticket('joe', async () => 'secret')] })
    await clock.settle()
    router.takeSent()
    router.says([CHALLENGE, 'ticket', {}])
    await clock.settle()
    expect(router.sent).toEqual([[AUTHENTICATE, 'secret', {}]])
    router.says([WELCOME, 7, { roles: {} }])
    expect((await opening).id).toBe(7)
  })

  it('may come twice, for two factors', async () => {
    const { router, clock, opening } = beginning({ auth: [ticket('joe', 'one'), method('second')] })
    await clock.settle()
    router.says([CHALLENGE, 'ticket', {}])
    await clock.settle()
    router.says([CHALLENGE, 'second', {}])
    await clock.settle()
    router.says([WELCOME, 7, { roles: {} }])
    await opening
    expect(router.sent.map(message => message[1])).toEqual(['realm1', 'one', 'of second'])
  })

  it('is a violation when it comes again and again', async () => {
    const { router, clock, opening } = beginning({ auth: [ticket('joe', 'one')] })
    await clock.settle()
    for (let n = 0; n < 5; n++) {
      router.says([CHALLENGE, 'ticket', {}])
      await clock.settle()
    }
    await expect(opening).rejects.toThrow('more than 4 CHALLENGE messages')
    expect(router.sent.at(-1)).toMatchObject([ABORT, {}, 'wamp.error.protocol_violation'])
  })

  it('is a violation for a method that was not offered', async () => {
    const { router, clock, opening } = beginning({ auth: [ticket('joe', 'one')] })
    await clock.settle()
    router.says([CHALLENGE, 'wampcra', {}])
    await expect(opening).rejects.toThrow('the method "wampcra", which was not offered')
    expect(router.isClosed).toBe(true)
  })

  it('ends the session where the method has no answer', async () => {
    const bug = new Error('the vault is closed')
    const { router, clock, opening } = beginning({ auth: [ticket('joe', () => Promise.reject(bug))] })
    await clock.settle()
    router.says([CHALLENGE, 'ticket', {}])
    await expect(opening).rejects.toBe(bug)
    expect(router.sent.at(-1)).toEqual([ABORT, { message: 'this side could not authenticate' }, 'wamp.error.cannot_authenticate'])
  })

  it('ends the session where the answer is not a signature', async () => {
    const wrong = { ...method('x'), begin: () => ({ hello: {}, answer: () => ({}) as { signature: string } }) }
    const { router, clock, opening } = beginning({ auth: [wrong] })
    await clock.settle()
    router.says([CHALLENGE, 'x', {}])
    await expect(opening).rejects.toThrow('the method x must answer with a signature')
  })
})

describe('WELCOME', () => {
  it.each([true, false])('is checked by the method that was challenged: %s', async isRight => {
    const verifyWelcome = async (): Promise<void> => {
      if (!isRight) throw new Error('the router does not know the secret')
    }
    const attempt = { hello: {}, answer: () => ({ signature: '' }), verifyWelcome }
    const { router, clock, opening } = beginning({ auth: [{ name: 'scram', begin: () => attempt }] })
    await clock.settle()
    router.says([CHALLENGE, 'scram', {}])
    await clock.settle()
    router.says([WELCOME, 7, { roles: {} }])
    if (isRight) expect((await opening).isOpen).toBe(true)
    else await expect(opening).rejects.toThrow('the router does not know the secret')
    expect(router.isClosed).toBe(!isRight)
  })
})

describe('WELCOME without a challenge', () => {
  const key = 'ab'.repeat(32)
  const pinned = cryptosign(key, { routerKey: 'cd'.repeat(32) })

  it.each<[string, AuthMethod[]]>([
    ['a router whose key is known', [pinned]],
    ['a router whose key is known, beside a method that wants no proof', [ticket('joe', 'secret'), pinned]],
    ['scram alone', [scram('joe', 'secret')]],
  ])('is refused: %s', async (_, auth) => {
    const { router, clock, opening } = beginning({ auth })
    await clock.settle()
    router.says([WELCOME, 7, { roles: { broker: {} }, authmethod: 'anonymous' }])
    await expect(opening).rejects.toMatchObject({ name: 'ChallengeRefused' })
    expect(router.isClosed).toBe(true)
  })

  it.each<[string, AuthMethod[]]>([
    ['ticket', [ticket('joe', 'secret')]],
    ['cryptosign without the key of the router', [cryptosign(key)]],
    ['scram beside a cookie', [cookie(), scram('joe', 'secret')]],
  ])('is taken: %s', async (_, auth) => {
    const { router, clock, opening } = beginning({ auth })
    await clock.settle()
    router.says([WELCOME, 7, { roles: { broker: {} } }])
    expect((await opening).isOpen).toBe(true)
  })

  it('of a pinned method is refused after the challenge of another one', async () => {
    const { router, clock, opening } = beginning({ auth: [ticket('joe', 'secret'), pinned] })
    await clock.settle()
    router.says([CHALLENGE, 'ticket', {}])
    await clock.settle()
    router.says([WELCOME, 7, { roles: { broker: {} } }])
    await expect(opening).rejects.toThrow('without the challenge of cryptosign')
  })
})

function method(name: string, hello: Awaited<ReturnType<AuthMethod['begin']>>['hello'] = {}, aliases: readonly string[] = []): AuthMethod {
  return { name, aliases, begin: () => ({ hello, answer: () => ({ signature: `of ${name}` }) }) }
}
