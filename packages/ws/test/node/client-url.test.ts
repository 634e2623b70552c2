import { describe, expect, it } from 'vitest'
import { clientUrl, unixPaths } from '../../src/node/client-url.ts'

describe('clientUrl', () => {
  it('turns the schemes of HTTP into those of WebSocket', () => {
    expect(['ws', 'wss', 'http', 'https'].map(scheme => clientUrl(`${scheme}://localhost/a?b`).href)).toEqual([
      'ws://localhost/a?b',
      'wss://localhost/a?b',
      'ws://localhost/a?b',
      'wss://localhost/a?b',
    ])
  })

  it('reads a redirect from where it came', () => {
    expect(clientUrl('/foo', new URL('ws://host:81/bar')).href).toBe('ws://host:81/foo')
  })

  it('refuses what is not a URL, another scheme, no path of a Unix socket, and a fragment', () => {
    expect(() => clientUrl('foo')).toThrow(new SyntaxError('Invalid URL: foo'))
    expect(() => clientUrl('ftp://host')).toThrow(/^The URL's protocol must be one of "ws:"/)
    expect(() => clientUrl('ws+unix:')).toThrow(new SyntaxError("The URL's pathname is empty"))
    expect(() => clientUrl('ws://host#x')).toThrow(new SyntaxError('The URL contains a fragment identifier'))
  })
})

describe('unixPaths', () => {
  it('are the socket, and the path behind the colon', () => {
    expect(unixPaths(new URL('ws+unix:/tmp/a.sock:/foo?bar'))).toEqual({ socketPath: '/tmp/a.sock', path: '/foo?bar' })
    expect(unixPaths(new URL('ws+unix:///tmp/a.sock'))).toEqual({ socketPath: '/tmp/a.sock', path: undefined })
  })
})
