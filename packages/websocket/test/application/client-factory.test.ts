import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { checkClientFactory, WebSocketClientFactory } from '../../src/application/client-factory.ts'
import { WebSocketClientProtocol } from '../../src/application/protocol.ts'
import { ApiMisuse } from '../../src/protocol/faults/errors.ts'
import { defaultsOf } from '../../src/protocol/options/option-table.ts'
import { clientOptions } from '../../src/protocol/options/options.ts'
import { raisesNothingUnhandled } from '../conversation/talk.ts'
import { MemoryLink, masked, transport } from './memory-link.ts'

raisesNothingUnhandled()

class Plain extends WebSocketClientProtocol {}

describe('the URL of a client', () => {
  it('says where to connect and what to ask for', () => {
    expect(new WebSocketClientFactory('wss://example.test/a?b')).toMatchObject({
      url: 'wss://example.test/a?b',
      host: 'example.test',
      port: 443,
      isSecure: true,
      resource: '/a?b',
      socketPath: undefined,
    })
    expect(new WebSocketClientFactory('ws+unix:/run/app.sock:/a')).toMatchObject({ socketPath: '/run/app.sock', resource: '/a' })
  })

  for (const url of ['http://localhost', 'ws://localhost:0', 'ws://user:password@localhost', 'ws://localhost/#a', '']) {
    it(`is refused where nothing can be connected to: ${url}`, () => {
      expect(() => new WebSocketClientFactory(url)).toThrow(ApiMisuse)
    })
  }
})

describe('the credentials of a client', () => {
  const headOf = async (factory: WebSocketClientFactory): Promise<string> => {
    const [peer] = new MemoryLink().connect(factory)
    return peer.head()
  }

  it('are sent as Basic authentication, from the parameter or from the URL', async () => {
    const authorization = `Authorization: Basic ${Buffer.from('alice:p@ss').toString('base64')}`
    const given = new WebSocketClientFactory('ws://host/', {
      protocol: Plain,
      auth: { username: 'alice', password: 'p@ss' },
      headers: { 'X-A': '1' },
    })
    expect(await headOf(given)).toContain(`X-A: 1\r\n${authorization}\r\n`)
    const inUrl = new WebSocketClientFactory('ws://alice:p%40ss@host:1/a', { protocol: Plain, auth: 'url' })
    expect(inUrl).toMatchObject({ url: 'ws://host:1/a', host: 'host', port: 1, resource: '/a' })
    expect(await headOf(inUrl)).toContain(`Host: host:1\r\n`)
    expect(await headOf(inUrl)).toContain(authorization)
  })

  it('are kept when other parameters change, and replaced with the URL', async () => {
    const factory = new WebSocketClientFactory('ws://alice:secret@host/', { protocol: Plain, auth: 'url' })
    factory.setSessionParameters({ origin: 'http://host' })
    expect(await headOf(factory)).toContain(Buffer.from('alice:secret').toString('base64'))
    factory.setSessionParameters({ url: 'ws://bob:other@host/' })
    expect(await headOf(factory)).toContain(Buffer.from('bob:other').toString('base64'))
    factory.setSessionParameters({ url: 'ws://host/', auth: undefined })
    expect(await headOf(factory)).not.toContain('Authorization')
  })

  it('are not printed with the factory', () => {
    const factory = new WebSocketClientFactory('ws://alice:s3cret@host/', { protocol: Plain, auth: 'url' })
    expect(inspect(factory, { depth: 9, showHidden: true }) + JSON.stringify(factory)).not.toMatch(/s3cret|YWxpY2U6/)
  })

  it('exclude an Authorization among the headers, and change nothing where they are wrong', async () => {
    const factory = new WebSocketClientFactory('ws://host/', { protocol: Plain, headers: { Authorization: 'Bearer x' } })
    expect(() => factory.setSessionParameters({ auth: { username: 'a', password: 'b' } })).toThrow('the headers have an Authorization')
    expect(() => factory.setSessionParameters({ auth: 'alice' as never })).toThrow("the parameter auth must be 'url'")
    expect(await headOf(factory)).toContain('Authorization: Bearer x')
  })
})

describe('the option build of a client', () => {
  it('makes the protocol of each connection, in place of a class', () => {
    class Named extends WebSocketClientProtocol {
      readonly name: string

      constructor(name: string) {
        super()
        this.name = name
      }
    }
    const names: string[] = []
    const link = new MemoryLink()
    const factory = new WebSocketClientFactory('ws://test', {
      build: ({ peer }) => {
        names.push(peer.address)
        return new Named('alice')
      },
    })
    expect(() => checkClientFactory(factory)).not.toThrow()
    expect(link.connect(factory)[1]).toMatchObject({ name: 'alice' })
    expect(names).toEqual([transport.peer.address])
  })

  it('excludes a class, and must be a function', () => {
    const both = { protocol: Plain, build: () => new Plain() }
    expect(() => new WebSocketClientFactory('ws://test', both)).toThrow('the options protocol and build exclude each other')
    expect(() => new WebSocketClientFactory('ws://test', { build: new Plain() as never })).toThrow('option build must be a function')
  })
})

describe('setSessionParameters', () => {
  it('leaves what is not given, and sets to nothing what is undefined', async () => {
    const factory = new WebSocketClientFactory('ws://one.test', {
      protocol: Plain,
      protocols: ['a'],
      headers: { 'X-A': '1' },
      origin: 'http://page.test',
    })
    expect(await requested(factory)).toMatch(
      /Host: one\.test\r\n[\s\S]*X-A: 1\r\n[\s\S]*Origin: http:\/\/page\.test\r\n[\s\S]*Protocol: a\r\n/,
    )
    factory.setSessionParameters({ url: 'ws://two.test:81/b', origin: undefined, useragent: undefined })
    const changed = await requested(factory)
    expect(changed).toMatch(/^GET \/b HTTP\/1\.1\r\nHost: two\.test:81\r\n[\s\S]*X-A: 1\r\n/)
    expect(changed).not.toMatch(/Origin|User-Agent/)
    expect([factory.url, factory.port]).toEqual(['ws://two.test:81/b', 81])
    factory.setSessionParameters({ protocols: undefined, headers: undefined } as object)
    expect(await requested(factory)).not.toMatch(/X-A|Protocol/)
  })

  for (const [what, parameters] of [
    ['an unknown name', { nonsense: 1 }],
    ['an inherited name', { constructor: 1 }],
    ['a URL that is none', { url: 'nonsense' }],
    ['headers that the handshake sets', { headers: { Host: 'x' } }],
    ['headers that the handshake sets, in pairs', { headers: [['upgrade', 'x']] as [string, string][] }],
    ['headers that are none', { headers: 5 as never }],
    ['a subprotocol twice', { protocols: ['a', 'a'] }],
    ['subprotocols in a string', { protocols: 'chat' as unknown as string[] }],
    ['a line break in the user agent', { useragent: 'a\r\nb' }],
    ['a line break in the origin', { origin: 'a\r\nb' }],
    ['a line break in a header', { headers: { 'X-A': 'a\r\nb' } }],
  ] as const) {
    it(`refuses ${what}, and changes nothing`, async () => {
      const factory = new WebSocketClientFactory('ws://one.test', { protocol: Plain })
      expect(() => factory.setSessionParameters({ protocols: ['b'], ...parameters })).toThrow(ApiMisuse)
      expect(await requested(factory)).not.toContain('Sec-WebSocket-Protocol')
      expect(factory.url).toBe('ws://one.test')
    })
  }
})

describe('protocol options', () => {
  it('can be set for new connections, and set back to the defaults', () => {
    const factory = new WebSocketClientFactory('ws://a', { autoPingInterval: 1 })
    factory.setProtocolOptions({ version: 8 })
    expect(factory.options).toMatchObject({ autoPingInterval: 1, version: 8 })
    factory.resetProtocolOptions()
    expect(factory.options).toEqual(defaultsOf(clientOptions))
  })

  it('are refused by name where there is no such option, or its value is none', () => {
    expect(() => new WebSocketClientFactory('ws://a', { maxConnections: 1 } as object)).toThrow('there is no option maxConnections')
    const factory = new WebSocketClientFactory('ws://a')
    expect(() => factory.setProtocolOptions({ version: 9 })).toThrow('option version must be')
  })

  for (const [acceptMaskedServerFrames, outcome] of [
    [true, 'close 1000'],
    [false, 'close 1002 masked server frame'],
  ] as const) {
    it(`say whether masked frames of the server are taken: ${acceptMaskedServerFrames}`, async () => {
      const [peer, protocol] = new MemoryLink().connect(new WebSocketClientFactory('ws://a', { protocol: Plain, acceptMaskedServerFrames }))
      await peer.accept()
      await protocol.opened
      peer.write(masked(0x88, Uint8Array.of(3, 232)))
      await peer.frame(outcome)
    })
  }
})

describe('buildProtocol', () => {
  it('makes an instance of the class, which can be replaced', () => {
    class Other extends WebSocketClientProtocol {}
    const factory = new WebSocketClientFactory('ws://a', { protocol: Plain })
    expect(factory.buildProtocol(transport)).toBeInstanceOf(Plain)
    factory.protocol = Other
    expect(factory.buildProtocol(transport)).toBeInstanceOf(Other)
  })

  it('makes connectStream throw ApiMisuse without a class, or when it returns no protocol', () => {
    const factory = new WebSocketClientFactory('ws://a')
    expect(() => factory.buildProtocol(transport)).toThrow('the factory has no protocol class')
    expect(() => new MemoryLink().connect(factory)).toThrow(ApiMisuse)
    factory.buildProtocol = () => ({}) as Plain
    expect(() => new MemoryLink().connect(factory)).toThrow('buildProtocol must return a WebSocketClientProtocol')
  })
})

describe('connectStream', () => {
  it('gives the protocol its factory and transport', () => {
    const factory = new WebSocketClientFactory('ws://a', { protocol: Plain })
    const [, protocol] = new MemoryLink().connect(factory)
    expect(protocol.factory).toBe(factory)
    expect(protocol.transport).toBe(transport)
  })
})

async function requested(factory: WebSocketClientFactory): Promise<string> {
  const [peer] = new MemoryLink().connect(factory)
  await peer.head()
  return peer.text
}
