import { describe, expect, it } from 'vitest'
import { isWithoutProxy } from '../../../src/node/proxies/no-proxy.ts'

describe('isWithoutProxy', () => {
  for (const [list, host, is] of [
    ['*', 'a.example', true],
    ['', 'a.example', false],
    ['example.com', 'example.com', true],
    ['example.com', 'EXAMPLE.com.', true],
    ['Example.COM.', 'example.com', true],
    ['example.com', 'sub.example.com', true],
    ['example.com', 'badexample.com', false],
    ['.example.com', 'sub.example.com', true],
    ['.example.com', 'example.com', true],
    ['.example.com', 'badexample.com', false],
    ['*.example.com', 'sub.example.com', true],
    ['ex*.com', 'example.com', false],
    ['other, example.com', 'example.com', true],
    ['other example.com', 'example.com', true],
    ['example.com:9000', 'example.com', true],
    ['example.com:9001', 'example.com', false],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.10', false],
    ['0.1', '10.0.0.1', false],
    ['127.0.0.1:9000', '127.0.0.1', true],
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['10.0.0.0/8', 'ten.example', false],
    ['10.0.0.0/33', '10.1.2.3', false],
    ['10.0.0.0/', '10.1.2.3', false],
    ['a/b', 'a', false],
    ['::1', '::1', true],
    ['[::1]', '::1', true],
    ['[::1]:9000', '::1', true],
    ['[::1]:9001', '::1', false],
    ['0:0:0:0:0:0:0:1', '::1', true],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/129', 'fd12::1', false],
    ['fe80::1%eth0', 'fe80::1', false],
    ['::1', 'localhost', false],
    ['http://example.com', 'example.com', false],
  ] as const) {
    it(`${is ? 'leaves out' : 'keeps'} the proxy for ${host} by "${list}"`, () => {
      expect(isWithoutProxy(list, { host, port: 9000 })).toBe(is)
    })
  }
})
