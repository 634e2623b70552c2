import { describe, expect, it } from 'vitest'
import { agreementWithAnswer, answeredOffer, hasValidOffer } from '../../src/run/negotiated.ts'

describe('answeredOffer', () => {
  it.each([
    ['permessage-deflate', 'permessage-deflate', { windowBits: 15, keepsContext: true }],
    ['permessage-deflate', 'permessage-deflate; server_max_window_bits=9', { windowBits: 9, keepsContext: true }],
    [
      'permessage-deflate; server_no_context_takeover',
      'permessage-deflate; server_no_context_takeover',
      { windowBits: 15, keepsContext: false },
    ],
    ['x, permessage-deflate; a, permessage-deflate', 'permessage-deflate; client_no_context_takeover', { windowBits: 15 }],
    ['permessage-deflate; client_max_window_bits=10', 'permessage-deflate; client_max_window_bits=9', { windowBits: 15 }],
    ['permessage-deflate; server_max_window_bits="10"', 'permessage-deflate; server_max_window_bits=10', { windowBits: 10 }],
  ])('agrees: %s, %s', (offer, answer, testee) => {
    expect(answeredOffer(offer, answer)).toMatchObject({ testee })
  })

  it.each([
    ['permessage-deflate', 'x', 'was not offered'],
    ['x, permessage-deflate', 'x', 'which is not registered'],
    ['permessage-deflate', 'permessage-deflate, permessage-deflate', 'more than one'],
    ['permessage-deflate; server_no_context_takeover', 'permessage-deflate', 'do not answer any of the offers'],
    ['permessage-deflate; server_max_window_bits=9', 'permessage-deflate', 'do not answer any of the offers'],
    ['permessage-deflate; server_max_window_bits=9', 'permessage-deflate; server_max_window_bits=10', 'do not answer any of the offers'],
    ['permessage-deflate', 'permessage-deflate; client_max_window_bits=10', 'do not answer any of the offers'],
    ['permessage-deflate; client_max_window_bits=9', 'permessage-deflate; client_max_window_bits=10', 'do not answer any of the offers'],
    ['permessage-deflate; server_max_window_bits=7', 'permessage-deflate; server_max_window_bits=8', 'has to be declined'],
    ['permessage-deflate; client_max_window_bits', 'permessage-deflate; client_max_window_bits', 'the parameter client_max_window_bits'],
    ['permessage-deflate', 'permessage-deflate; server_max_window_bits=08', 'the parameter server_max_window_bits=08'],
    ['permessage-deflate', 'permessage-deflate; server_no_context_takeover; server_no_context_takeover', 'twice'],
    ['permessage-deflate', ';', 'without a name'],
  ])('finds the fault: %s, %s', (offer, answer, problem) => {
    expect(answeredOffer(offer, answer)).toContain(problem)
  })

  it('reads a missing answer as no agreement', () => {
    expect(answeredOffer('permessage-deflate', '')).toBeUndefined()
  })
})

describe('hasValidOffer', () => {
  it('finds a valid offer among others', () => {
    expect(hasValidOffer('x, permessage-deflate; a, permessage-deflate; client_max_window_bits')).toBe(true)
    expect(hasValidOffer('permessage-deflate; server_max_window_bits, permessage-deflate; client_max_window_bits=16')).toBe(false)
    expect(hasValidOffer('')).toBe(false)
  })
})

describe('agreementWithAnswer', () => {
  it('uses the parameters for the client in the answer', () => {
    expect(agreementWithAnswer('permessage-deflate; client_max_window_bits=9; client_no_context_takeover')).toMatchObject({
      testee: { windowBits: 9, keepsContext: false },
    })
    expect(agreementWithAnswer('permessage-deflate; client_no_context_takeover, permessage-deflate')).toMatchObject({
      testee: { keepsContext: false },
    })
    expect(agreementWithAnswer('permessage-deflate, x')).toBeUndefined()
    expect(agreementWithAnswer('permessage-deflate; a')).toBeUndefined()
    expect(agreementWithAnswer('x')).toBeUndefined()
  })
})
