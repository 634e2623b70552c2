import { describe, expect, it } from 'vitest'
import { agreedByServer, agreedWithClient, offerOf } from '../../src/run/compression.ts'
import { writeExtensions } from '../../src/wire/extension-header.ts'

const plain = { offers: [{ noContextTakeover: false, maxWindowBits: 0 }] }
const list = {
  offers: [
    { noContextTakeover: true, maxWindowBits: 9 },
    { noContextTakeover: true, maxWindowBits: 0 },
    { noContextTakeover: false, maxWindowBits: 0 },
  ],
}

describe('permessage-deflate, as client', () => {
  it('offers each set of parameters in order', () => {
    expect(writeExtensions(offerOf(list))).toBe(
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=9, ' +
        'permessage-deflate; server_no_context_takeover; client_no_context_takeover, permessage-deflate',
    )
  })

  it('lets the server choose a window if the case does not set one, as browsers do', () => {
    const any = { offers: [{ noContextTakeover: false, maxWindowBits: 0, takesAnyWindow: true }] }
    expect(writeExtensions(offerOf(any))).toBe('permessage-deflate; client_max_window_bits')
    expect(agreedByServer(any, 'permessage-deflate; client_max_window_bits=10')).toMatchObject({ fuzzer: { windowBits: 10 } })
    expect(agreedByServer(any, 'permessage-deflate')).toMatchObject({ fuzzer: { windowBits: 15, keepsContext: true } })
    expect(typeof agreedByServer(any, 'permessage-deflate; client_max_window_bits')).toBe('string')
  })

  it('keeps to its offer for its own messages, also if the server does not repeat it', () => {
    expect(agreedByServer(list, 'permessage-deflate; server_no_context_takeover; server_max_window_bits=9')).toMatchObject({
      fuzzer: { windowBits: 9, keepsContext: false },
    })
    expect(agreedByServer(list, 'permessage-deflate')).toMatchObject({ fuzzer: { windowBits: 15, keepsContext: true } })
  })

  it('uses the parameters that the server has promised', () => {
    expect(agreedByServer(plain, 'permessage-deflate')).toMatchObject({ testee: { windowBits: 15, keepsContext: true } })
    const answer = 'permessage-deflate; server_no_context_takeover; server_max_window_bits=9'
    expect(agreedByServer(list, answer)).toMatchObject({ testee: { windowBits: 9, keepsContext: false } })
    expect(agreedByServer(list, '')).toBeUndefined()
  })

  it.each([
    'other',
    'permessage-deflate, permessage-deflate',
    'permessage-deflate; unknown',
    'permessage-deflate; server_max_window_bits=16',
    'permessage-deflate; server_max_window_bits',
    'permessage-deflate; server_no_context_takeover=1',
    'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
    'permessage-deflate; client_max_window_bits=10',
    'permessage-deflate; =',
  ])('finds the fault in the response %s', answer => {
    expect(typeof agreedByServer(plain, answer)).toBe('string')
  })

  it('finds the fault in a response that promises less than asked', () => {
    const asked = { offers: [{ noContextTakeover: true, maxWindowBits: 9 }] }
    expect(typeof agreedByServer(asked, 'permessage-deflate; server_no_context_takeover')).toBe('string')
    expect(typeof agreedByServer(asked, 'permessage-deflate; server_max_window_bits=9')).toBe('string')
    expect(typeof agreedByServer(asked, 'permessage-deflate; server_no_context_takeover; server_max_window_bits=10')).toBe('string')
  })
})

describe('permessage-deflate, as server', () => {
  it('asks the client for the parameters of the case, and grants those of the client', () => {
    const agreed = agreedWithClient(list, ['permessage-deflate; client_max_window_bits; server_max_window_bits=12'])
    if (typeof agreed !== 'object') throw new Error('nothing was agreed')
    expect(writeExtensions([agreed.words])).toBe(
      'permessage-deflate; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=9',
    )
    expect(agreed.agreement.testee).toEqual({ windowBits: 9, keepsContext: false })
  })

  it('uses the next set of parameters if the client allows no window', () => {
    const agreed = agreedWithClient(list, ['permessage-deflate'])
    expect(typeof agreed === 'object' && writeExtensions([agreed.words])).toBe('permessage-deflate; client_no_context_takeover')
  })

  it('declines if no offer fits, and finds the fault in a wrong offer', () => {
    expect(agreedWithClient({ offers: [{ noContextTakeover: false, maxWindowBits: 9 }] }, ['permessage-deflate'])).toBeUndefined()
    expect(agreedWithClient(plain, [])).toBeUndefined()
    expect(typeof agreedWithClient(plain, ['permessage-deflate; server_max_window_bits=7'])).toBe('string')
    expect(typeof agreedWithClient(plain, ['; x'])).toBe('string')
  })
})
