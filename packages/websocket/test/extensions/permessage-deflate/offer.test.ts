import { describe, expect, it } from 'vitest'
import { PerMessageDeflateOffer } from '../../../src/extensions/permessage-deflate/offer.ts'
import { formatExtension } from '../../../src/handshake/http/extension-header.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'

const written = (offer: PerMessageDeflateOffer): string => formatExtension('permessage-deflate', offer.parameters)

describe('PerMessageDeflateOffer', () => {
  for (const [options, header] of [
    [{}, 'permessage-deflate; client_max_window_bits'],
    [{ acceptMaxWindowBits: false }, 'permessage-deflate'],
    [{ acceptMaxWindowBits: 10 }, 'permessage-deflate; client_max_window_bits=10'],
    [{ acceptNoContextTakeover: true }, 'permessage-deflate; client_no_context_takeover; client_max_window_bits'],
    [
      { requestNoContextTakeover: true, requestMaxWindowBits: 9 },
      'permessage-deflate; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits',
    ],
  ] as const) {
    it(`is written as ${header}, and read as what it was`, () => {
      const offer = new PerMessageDeflateOffer(options)
      expect(written(offer)).toBe(header)
      expect(PerMessageDeflateOffer.parse(offer.parameters)).toEqual(offer)
    })
  }

  it('calls windows misuse that no one can have', () => {
    for (const options of [
      { acceptMaxWindowBits: 7 },
      { acceptMaxWindowBits: 16 },
      { requestMaxWindowBits: 7 },
      { requestMaxWindowBits: 15.5 },
    ])
      expect(() => new PerMessageDeflateOffer(options)).toThrow(ApiMisuse)
  })
})
