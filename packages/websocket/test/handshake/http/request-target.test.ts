import { describe, expect, it } from 'vitest'
import { parseTarget } from '../../../src/handshake/http/request-target.ts'

describe('parseTarget', () => {
  for (const [target, resource] of [
    ['/', '/'],
    ['/a?b', '/a?b'],
    ['//a/b', '//a/b'],
    ['/http://a', '/http://a'],
  ] as const) {
    it(`takes the path ${target}`, () => {
      expect(parseTarget(target)).toEqual({ resource, authority: undefined, isSecure: false })
    })
  }

  for (const [target, host, port, resource, isSecure] of [
    ['http://a.example/b?c', 'a.example', undefined, '/b?c', false],
    ['HTTPS://A.example:8443/', 'a.example', 8443, '/', true],
    ['ws://a', 'a', undefined, '/', false],
    ['wss://[::1]:1?x=1', '::1', 1, '/?x=1', true],
    ['http://a//b', 'a', undefined, '//b', false],
  ] as const) {
    it(`takes the absolute form ${target} apart`, () => {
      expect(parseTarget(target)).toEqual({ resource, authority: { host, port }, isSecure })
    })
  }

  for (const [target, why] of [
    ['', 'is neither a path nor an absolute URL'],
    ['*', 'is neither a path nor an absolute URL'],
    ['a:80', 'is neither a path nor an absolute URL'],
    ['http:/a', 'is neither a path nor an absolute URL'],
    ['ftp://a/', 'is neither a path nor an absolute URL'],
    ['://a/', 'is neither a path nor an absolute URL'],
    ['http:///b', 'has no host with or without a port'],
    ['http://user@a/', 'has no host with or without a port'],
    ['http://a:port/', 'has no host with or without a port'],
    ['http://a/#b', 'has a fragment'],
    ['http://a/ b', 'has a character that must be escaped'],
  ] as const) {
    it(`refuses ${JSON.stringify(target)}`, () => {
      expect(() => parseTarget(target)).toThrowError(
        expect.objectContaining({ name: 'HttpException', status: 400, message: expect.stringContaining(why) }),
      )
    })
  }
})
