import { describe, expect, it } from 'vitest'
import { basicCredentials } from '../../../src/handshake/http/basic-credentials.ts'

describe('basicCredentials', () => {
  it('are the name and the password in base64 (RFC 7617 §2), in UTF-8', () => {
    expect(basicCredentials({ username: 'Aladdin', password: 'open sesame' }, 'auth')).toBe('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==')
    expect(basicCredentials({ username: 'test', password: '123\u00a3' }, 'auth')).toBe('Basic dGVzdDoxMjPCow==')
    expect(basicCredentials({ username: '', password: 'a:b' }, 'auth')).toBe('Basic OmE6Yg==')
  })

  it('refuse what Basic cannot carry, and do not show it', () => {
    for (const [username, password, message] of [
      ['s3:cret', '', 'the option auth has a user name with a colon, which Basic authentication cannot carry'],
      ['a', 's3cret\r\nX: y', 'the option auth has a control character in its user name or password'],
      ['s3cret\u007f', '', 'the option auth has a control character in its user name or password'],
    ] as const)
      expect(() => basicCredentials({ username, password }, 'the option auth')).toThrow(
        expect.objectContaining({ name: 'ApiMisuse', message }),
      )
  })
})
