import { describe, expect, it } from 'vitest'
import { isLoopbackAddress, isLoopbackHostAllowed } from '../../src/handshake/loopback.ts'

describe('isLoopbackAddress', () => {
  it('knows the addresses that only this machine reaches', () => {
    for (const address of ['127.0.0.1', '127.255.0.9', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::ffff:7f00:1']) {
      expect(isLoopbackAddress(address), address).toBe(true)
    }
    for (const address of ['', '0.0.0.0', '10.0.0.1', '128.0.0.1', '::', '::2', 'localhost', '/run/127.sock', '127.1']) {
      expect(isLoopbackAddress(address), address).toBe(false)
    }
  })
})

describe('isLoopbackHostAllowed', () => {
  const isAllowed = (host: string, allowedHosts: '*' | readonly string[] = []): boolean => isLoopbackHostAllowed(host, allowedHosts)

  it('allows the names of this machine', () => {
    for (const host of ['localhost', 'localhost.', 'a.b.localhost', '127.0.0.1', '::1']) expect(isAllowed(host), host).toBe(true)
    for (const host of ['a.example', 'localhost.example', 'xlocalhost', '0.0.0.0', '']) expect(isAllowed(host), host).toBe(false)
  })

  it('allows everything with *, as the option or in its list', () => {
    expect(isAllowed('a.example', '*')).toBe(true)
    expect(isAllowed('a.example', ['b.example', '*'])).toBe(true)
  })

  it('compares names without case and root dot, and addresses however they are written', () => {
    expect(isAllowed('a.example', ['A.Example.'])).toBe(true)
    expect(isAllowed('a.example.', ['a.example'])).toBe(true)
    expect(isAllowed('2001:db8:0:0:0:0:0:1', ['[2001:db8::1]'])).toBe(true)
    expect(isAllowed('192.0.2.1', ['::ffff:192.0.2.1'])).toBe(true)
    expect(isAllowed('b.a.example', ['a.example'])).toBe(false)
  })

  it('takes *.example for every name below example, and not for example itself', () => {
    for (const host of ['a.example', 'b.a.example', 'a.example.']) expect(isAllowed(host, ['*.example']), host).toBe(true)
    for (const host of ['example', '.example', 'notexample', 'a.example.org']) expect(isAllowed(host, ['*.example']), host).toBe(false)
  })
})
