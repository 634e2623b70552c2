import { describe, expect, it } from 'vitest'
import { authorizedUrl, withAuthorization } from '../../src/application/basic-auth.ts'

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

describe('authorizedUrl', () => {
  it('leaves a URL as it is without auth', () => {
    expect(authorizedUrl('ws://host/', undefined)).toEqual({ url: 'ws://host/', authorization: undefined })
  })

  it('refuses credentials in a URL that nobody asked to send, and says how to ask', () => {
    for (const auth of [undefined, { username: 'a', password: 'b' }])
      expect(() => authorizedUrl('ws://a:s3cret@host/', auth)).toThrow(
        expect.objectContaining({
          name: 'ApiMisuse',
          message: "URL has credentials: to send them, set auth to 'url', or to an object with username and password",
        }),
      )
  })

  it('has the credentials of the object', () => {
    expect(authorizedUrl('ws://host/', { username: 'al', password: 'p:\u00e4' })).toEqual({
      url: 'ws://host/',
      authorization: basic('al:p:\u00e4'),
    })
  })

  for (const [url, plain, credentials] of [
    ['ws://alice:secret@host/path?q=a@b', 'ws://host/path?q=a@b', 'alice:secret'],
    ['WSS://al%20ice:p%40%3Ass@host:1', 'WSS://host:1', 'al ice:p@:ss'],
    ['ws://token@host', 'ws://host', 'token:'],
    ['ws://:secret@[::1]:9000/', 'ws://[::1]:9000/', ':secret'],
    ['ws://a:b@c@host/', 'ws://host/', 'a:b@c'],
    ['ws://host/?a@b', 'ws://host/?a@b', undefined],
    ['ws+unix:/tmp/a@b.sock', 'ws+unix:/tmp/a@b.sock', undefined],
  ] as const) {
    it(`takes those of ${url} out of it`, () => {
      expect(authorizedUrl(url, 'url')).toEqual({ url: plain, authorization: credentials === undefined ? undefined : basic(credentials) })
    })
  }

  for (const [url, auth, message] of [
    ['ws://s3cret%ff@host', 'url', 'the URL has a user name or a password that is not percent-encoded'],
    ['ws://a%3As3cret:b@host', 'url', 'the URL has a user name with a colon, which Basic authentication cannot carry'],
    ['ws://h', 's3cret:b', "the parameter auth must be 'url', or an object with username and password, and not another string"],
    [
      'ws://h',
      { username: 's3cret' },
      "the parameter auth must be 'url', or an object with username and password, and not [object Object]",
    ],
    ['ws://h', true, "the parameter auth must be 'url', or an object with username and password, and not true"],
    ['ws://h', { username: 's3cret\n', password: '' }, 'the parameter auth has a control character in its user name or password'],
  ] as const) {
    it(`refuses: ${message}`, () => {
      expect(() => authorizedUrl(url, auth as never)).toThrow(expect.objectContaining({ name: 'ApiMisuse', message }))
    })
  }
})

describe('withAuthorization', () => {
  it('adds the header, and leaves headers as they are without one', () => {
    const headers = { 'X-A': '1' }
    expect(withAuthorization(headers, undefined)).toBe(headers)
    expect([...(withAuthorization(headers, 'Basic x') as Iterable<unknown>)]).toEqual([
      ['X-A', '1'],
      ['Authorization', 'Basic x'],
    ])
  })

  it('refuses a second one', () => {
    expect(() => withAuthorization([['authorization', 'Bearer x']], 'Basic x')).toThrow(
      'the headers have an Authorization, and auth is another one',
    )
  })
})
