import { describe, expect, it } from 'vitest'
import { permessageDeflate } from '../../../src/node/edge/permessage-deflate.ts'
import type { Extension, ExtensionInstance, ExtensionParameters, MessageTransform } from '../../../src/protocol/extending/extension.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'
import { textOf } from '../../protocol/wire.ts'

describe('permessageDeflate', () => {
  it('offers and accepts windows of 4 KiB by default', () => {
    const extension = permessageDeflate()
    expect(extension.name).toBe('permessage-deflate')
    const offers = extension.offer!()
    expect(offers.map(shown)).toEqual(['server_max_window_bits=12 client_max_window_bits', 'client_max_window_bits'])
    const { parameters } = extension.accept!(offers)!
    expect(shown(parameters)).toBe('server_max_window_bits=12 client_max_window_bits=12')
  })

  it('carries messages from a client to a server and back', async () => {
    const { client, server } = agreed(permessageDeflate(), permessageDeflate({ noContextTakeover: true }))
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      for (const text of ['a', 'abc '.repeat(1000), 'abc '.repeat(1000)]) expect(await carried(from, to, text)).toBe(text)
    }
    client.close()
    server.close()
  })

  it('leaves what is below the threshold as it is', () => {
    const { client } = agreed(permessageDeflate({ threshold: 100 }), permessageDeflate())
    const encoder = (length: number | undefined) => client.encoder!({ isBinary: true, options: {}, length, isShared: false })
    expect({
      belowThreshold: encoder(99),
      hasNoneAtThreshold: encoder(100) === undefined,
      hasNoneOfUnknownLength: encoder(undefined) === undefined,
    }).toEqual({ belowThreshold: undefined, hasNoneAtThreshold: false, hasNoneOfUnknownLength: false })
    client.close()
  })

  for (const [options, message] of [
    [{ windowBits: 8 }, 'windowBits'],
    [{ requestMaxWindowBits: 7 }, 'requestMaxWindowBits'],
    [{ maxContexts: 0 }, 'maxContexts'],
    [{ level: 'best' as unknown as number }, 'level'],
    [{ windowSize: 15 } as object, 'windowSize'],
  ] as const) {
    it(`calls ${JSON.stringify(options)} misuse, and names it`, () => {
      expect(() => permessageDeflate(options)).toThrow(ApiMisuse)
      expect(() => permessageDeflate(options)).toThrow(message)
    })
  }
})

function agreed(clients: Extension, servers: Extension): { client: ExtensionInstance; server: ExtensionInstance } {
  const { parameters, instance } = servers.accept!(clients.offer!())!
  return { client: clients.confirm!(parameters), server: instance }
}

async function carried(from: ExtensionInstance, to: ExtensionInstance, text: string): Promise<string> {
  const encoder = from.encoder!({ isBinary: false, options: {}, length: undefined, isShared: false })!
  const decoder = to.decoder!({ opcode: 1, isFinal: true, reserved: encoder.reserved, length: 0 }, false)!
  return textOf(await through(decoder, await through(encoder, Buffer.from(text))))
}

async function through(transform: MessageTransform, octets: Uint8Array): Promise<Uint8Array> {
  const emitted: Uint8Array[] = []
  const emit = (piece: Uint8Array): void => void emitted.push(Uint8Array.from(piece))
  await transform.write(octets, emit)
  await transform.end(emit)
  return Buffer.concat(emitted)
}

function shown(parameters: ExtensionParameters): string {
  return [...parameters].map(([name, value]) => (value === true ? name : `${name}=${value}`)).join(' ')
}
