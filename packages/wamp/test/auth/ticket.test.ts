import { describe, expect, it } from 'vitest'
import { ticket } from '../../src/auth/ticket.ts'

const transport = { kind: 'memory', peer: '', isSecure: false, headers: {} } as const

describe('ticket', () => {
  it.each([
    ['a text', 'secret'],
    ['a function', () => 'secret'],
    ['a function that waits', async () => 'secret'],
  ])('sends %s', async (_, secret) => {
    const attempt = await ticket('joe', secret).begin(transport)
    expect(attempt.hello).toEqual({ authid: 'joe' })
    expect(await attempt.answer({}, 'ticket')).toEqual({ signature: 'secret' })
  })

  it('asks for the secret anew for each session', async () => {
    let asked = 0
    const method = ticket('joe', () => `secret ${++asked}`)
    for (const expected of ['secret 1', 'secret 2'])
      expect((await (await method.begin(transport)).answer({}, 'ticket')).signature).toBe(expected)
  })

  it('refuses what is not a text, without showing it', async () => {
    expect(() => ticket(5 as never, 'x')).toThrow('the authid of ticket must be a string, and not 5')
    expect(() => ticket('joe', 5 as never)).toThrow('the secret of ticket must be a string')
    const attempt = await ticket('joe', () => 1234 as never).begin(transport)
    await expect(attempt.answer({}, 'ticket')).rejects.toThrow('and not of the type number')
  })
})
