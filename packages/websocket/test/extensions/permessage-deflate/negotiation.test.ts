import { describe, expect, it } from 'vitest'
import {
  answers,
  answerTo,
  asOffered,
  clientDirection,
  type DeflateParameters,
  formatParameters,
  isWindowBits,
  ownDirection,
  parseParameters,
  serverDirection,
} from '../../../src/extensions/permessage-deflate/negotiation.ts'

const none: DeflateParameters = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 0,
  clientMaxWindowBits: 0,
}
const free = { windowBits: 15, noContextTakeover: false }
const noDemands = { requestNoContextTakeover: false, requestMaxWindowBits: 0 }

describe('answerTo', () => {
  for (const [offered, own, answered] of [
    [0, 15, 0],
    [0, 10, 10],
    [12, 12, 12],
    [12, 10, 10],
    [15, 15, 15],
  ] as const) {
    it(`answers server_max_window_bits ${answered} where ${offered} was offered and the own window is ${own}`, () => {
      const answer = answerTo({ ...none, serverMaxWindowBits: offered }, { ...free, windowBits: own }, noDemands)
      expect(answer).toEqual({ ...none, serverMaxWindowBits: answered })
    })
  }

  for (const [offered, demanded, answered] of [
    [0, 0, 0],
    [true, 0, 0],
    [true, 10, 10],
    [12, 0, 12],
    [12, 10, 10],
    [10, 12, 10],
  ] as const) {
    it(`answers client_max_window_bits ${answered} where ${offered} was offered and ${demanded} is demanded`, () => {
      const answer = answerTo({ ...none, clientMaxWindowBits: offered }, free, { ...noDemands, requestMaxWindowBits: demanded })
      expect(answer).toEqual({ ...none, clientMaxWindowBits: answered })
    })
  }

  it('calls it misuse to demand a window that the client does not accept', () => {
    expect(() => answerTo(none, free, { ...noDemands, requestMaxWindowBits: 10 })).toThrow(
      'requestMaxWindowBits is not accepted by the offer',
    )
  })

  it('says who keeps no context', () => {
    expect(answerTo(none, { ...free, noContextTakeover: true }, noDemands)).toEqual({ ...none, serverNoContextTakeover: true })
    expect(answerTo({ ...none, clientNoContextTakeover: true }, free, noDemands)).toEqual({ ...none, clientNoContextTakeover: true })
    expect(answerTo(none, free, { ...noDemands, requestNoContextTakeover: true })).toEqual({ ...none, clientNoContextTakeover: true })
  })
})

describe('answers', () => {
  for (const [parameter, offered, accepted, refused] of [
    ['serverNoContextTakeover', false, [false, true], []],
    ['serverNoContextTakeover', true, [true], [false]],
    ['clientNoContextTakeover', false, [false, true], []],
    ['clientNoContextTakeover', true, [false, true], []],
    ['serverMaxWindowBits', 0, [0, 8, 15], []],
    ['serverMaxWindowBits', 10, [8, 10], [0, 11]],
    ['clientMaxWindowBits', 0, [0], [8, 15]],
    ['clientMaxWindowBits', true, [0, 8, 15], []],
    ['clientMaxWindowBits', 10, [0, 8, 10, 15], []],
  ] as const) {
    it(`takes ${accepted.join(', ')} and refuses ${refused.join(', ') || 'nothing'} where ${parameter} was offered as ${offered}`, () => {
      const answered = (value: boolean | number): boolean => answers({ ...none, [parameter]: offered }, { ...none, [parameter]: value })
      expect({ accepted: accepted.filter(answered), refused: refused.filter(answered) }).toEqual({ accepted: [...accepted], refused: [] })
    })
  }
})

describe('asOffered', () => {
  it('holds to the smallest window that an offer has named', () => {
    expect(asOffered(free, [none, { ...none, clientMaxWindowBits: true }])).toEqual(free)
    expect(
      asOffered(free, [
        { ...none, clientMaxWindowBits: 12 },
        { ...none, clientMaxWindowBits: 10 },
      ]).windowBits,
    ).toBe(10)
    expect(asOffered({ ...free, windowBits: 9 }, [{ ...none, clientMaxWindowBits: 10 }]).windowBits).toBe(9)
  })

  it('keeps no context where an offer or the answer has said so', () => {
    expect(asOffered(free, [none, { ...none, clientNoContextTakeover: true }]).noContextTakeover).toBe(true)
    expect(asOffered({ ...free, noContextTakeover: true }, [none]).noContextTakeover).toBe(true)
  })
})

describe('ownDirection', () => {
  it('does as it is asked, or with less', () => {
    expect(ownDirection({}, { windowBits: 0, noContextTakeover: false })).toEqual({ windowBits: 15, noContextTakeover: false })
    expect(ownDirection({}, { windowBits: 10, noContextTakeover: true })).toEqual({ windowBits: 10, noContextTakeover: true })
    expect(ownDirection({ windowBits: 9 }, { windowBits: 10, noContextTakeover: true })).toEqual({ windowBits: 9, noContextTakeover: true })
  })
})

describe('serverDirection and clientDirection', () => {
  it('have the largest window where an answer does not name one', () => {
    const answer = { ...none, serverMaxWindowBits: 9, clientNoContextTakeover: true }
    expect({ server: serverDirection(answer), client: clientDirection(answer) }).toEqual({
      server: { windowBits: 9, noContextTakeover: false },
      client: { windowBits: 15, noContextTakeover: true },
    })
  })
})

describe('isWindowBits', () => {
  it('is true from 8 to 15', () => {
    expect([7, 8, 15, 16, 9.5, '9', undefined].map(isWindowBits)).toEqual([false, true, true, false, false, false, false])
  })
})

describe('parseParameters', () => {
  it('reads the four parameters of RFC 7692 §7.1', () => {
    expect(parseParameters(new Map())).toEqual({
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 0,
      clientMaxWindowBits: 0,
    })
    const all = new Map<string, string | true>([
      ['server_no_context_takeover', true],
      ['client_no_context_takeover', true],
      ['server_max_window_bits', '8'],
      ['client_max_window_bits', '15'],
    ])
    expect(parseParameters(all)).toEqual({
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 8,
      clientMaxWindowBits: 15,
    })
    expect(parseParameters(new Map([['client_max_window_bits', true]])).clientMaxWindowBits).toBe(true)
  })

  for (const bits of ['7', '16', '1000', '08', '', '-1', '1e1', '9.0', ' 9', '0x9', true] as const) {
    it(`refuses a window of ${JSON.stringify(bits)} bits`, () => {
      expect(() => parseParameters(new Map([['server_max_window_bits', bits]]))).toThrow(
        'server_max_window_bits must be a number from 8 to 15',
      )
      if (bits === true) return
      expect(() => parseParameters(new Map([['client_max_window_bits', bits]]))).toThrow(
        'client_max_window_bits must be a number from 8 to 15',
      )
    })
  }

  for (const name of ['server_no_context_takeover', 'client_no_context_takeover']) {
    it(`refuses a value of ${name}`, () => {
      expect(() => parseParameters(new Map([[name, 'true']]))).toThrow(`${name} must not have a value, and has "true"`)
    })
  }

  for (const name of ['constructor', '__proto__', 'toString', 'c2s_max_window_bits']) {
    it(`does not know ${name}`, () => {
      expect(() => parseParameters(new Map([[name, true]]))).toThrow(`permessage-deflate has no parameter "${name}"`)
    })
  }
})

describe('formatParameters', () => {
  it('writes what is there', () => {
    expect([...formatParameters({})]).toEqual([])
    expect([...formatParameters({ clientNoContextTakeover: true, clientMaxWindowBits: true, serverMaxWindowBits: 9 })]).toEqual([
      ['client_no_context_takeover', true],
      ['server_max_window_bits', '9'],
      ['client_max_window_bits', true],
    ])
    expect([...formatParameters({ serverNoContextTakeover: true, clientMaxWindowBits: 10 })]).toEqual([
      ['server_no_context_takeover', true],
      ['client_max_window_bits', '10'],
    ])
  })
})
