import { describe, expect, it } from 'vitest'
import { CompressingOptions, clientExtensions, serverExtensions } from '../../src/application/compression-hooks.ts'
import type { PerMessageDeflateResponse } from '../../src/extensions/permessage-deflate/offer-and-response.ts'
import {
  PerMessageDeflateOffer,
  PerMessageDeflateOfferAccept,
  PerMessageDeflateResponseAccept,
} from '../../src/extensions/permessage-deflate/offer-and-response.ts'
import { nodeDeflate } from '../../src/node/runtime/node-deflate.ts'
import { defaultsOf } from '../../src/protocol/options/option-table.ts'
import { clientOptions, serverOptions } from '../../src/protocol/options/options.ts'
import { fakeRuntime } from '../../src/testing/index.ts'

const runtime = { ...fakeRuntime(), deflate: nodeDeflate }
const own = { name: 'own' }
const ofServer = { ...defaultsOf(serverOptions), extensions: [own] }
const ofClient = { ...defaultsOf(clientOptions), extensions: [own] }

describe('CompressingOptions', () => {
  it('are made once for the options and the runtime, so that connections share what they compress with', () => {
    const compressing = new CompressingOptions(clientExtensions)
    const options = { ...ofClient, perMessageCompressionOffers: [new PerMessageDeflateOffer()] }
    const made = compressing.from(options, runtime)
    expect(made.extensions.map(({ name }) => name)).toEqual(['own', 'permessage-deflate'])
    expect(compressing.from(options, runtime)).toBe(made)
    expect(compressing.from({ ...options }, runtime).extensions[1]).not.toBe(made.extensions[1])
    expect(compressing.from(options, { ...runtime }).extensions[1]).not.toBe(made.extensions[1])
  })

  it('are the options themselves where no hook asks for an extension', () => {
    expect(new CompressingOptions(clientExtensions).from(ofClient, runtime)).toBe(ofClient)
  })
})

describe('serverExtensions', () => {
  const acceptor = (offers: readonly PerMessageDeflateOffer[]) => new PerMessageDeflateOfferAccept(offers[0]!, { windowBits: 10 })

  it('are those that were given, where there is no hook or no DEFLATE', () => {
    expect(serverExtensions(ofServer, runtime)).toBe(ofServer.extensions)
    const options = { ...ofServer, perMessageCompressionAccept: acceptor }
    expect(serverExtensions(options, fakeRuntime())).toBe(options.extensions)
  })

  it('have permessage-deflate behind those, which accepts as the hook does', () => {
    const [first, deflate] = serverExtensions({ ...ofServer, perMessageCompressionAccept: acceptor }, runtime)
    expect([first, deflate!.name]).toEqual([own, 'permessage-deflate'])
    const accepted = deflate!.accept!([new PerMessageDeflateOffer().parameters])!
    expect([...accepted.parameters]).toEqual([['server_max_window_bits', '10']])
  })

  it('decline where the hook does', () => {
    const [, deflate] = serverExtensions({ ...ofServer, perMessageCompressionAccept: () => undefined }, runtime)
    expect(deflate!.accept!([new PerMessageDeflateOffer().parameters])).toBeUndefined()
  })
})

describe('clientExtensions', () => {
  const offers = [new PerMessageDeflateOffer({ requestMaxWindowBits: 9 })]

  it('are those that were given, where nothing is offered or there is no DEFLATE', () => {
    const acceptor = (response: PerMessageDeflateResponse) => new PerMessageDeflateResponseAccept(response)
    expect(clientExtensions({ ...ofClient, perMessageCompressionAccept: acceptor }, runtime)).toBe(ofClient.extensions)
    const options = { ...ofClient, perMessageCompressionOffers: offers }
    expect(clientExtensions(options, fakeRuntime())).toBe(options.extensions)
  })

  it('have permessage-deflate behind those, with the offers as they were given, and accept what answers them', () => {
    const [first, deflate] = clientExtensions({ ...ofClient, perMessageCompressionOffers: offers }, runtime)
    expect({ first, name: deflate!.name, offers: deflate!.offer!().length }).toEqual({ first: own, name: 'permessage-deflate', offers: 1 })
    expect([...deflate!.offer!()[0]!]).toEqual([...offers[0]!.parameters])
    expect(() => deflate!.confirm!(new Map([['server_max_window_bits', '9']]))).not.toThrow()
    expect(() => deflate!.confirm!(new Map())).toThrow('no offer is answered by these parameters')
  })

  it('ask the hook about the answer, and fail where it accepts nothing', () => {
    const seen: number[] = []
    const acceptor = (response: PerMessageDeflateResponse) => {
      seen.push(response.serverMaxWindowBits)
      return undefined
    }
    const [, deflate] = clientExtensions(
      { ...ofClient, perMessageCompressionOffers: offers, perMessageCompressionAccept: acceptor },
      runtime,
    )
    expect(() => deflate!.confirm!(new Map([['server_max_window_bits', '8']]))).toThrow('did not accept')
    expect(seen).toEqual([8])
  })
})
