import { describe, expect, it } from 'vitest'
import { connect } from '../../../src/node/edge/connect.ts'
import { serve } from '../../../src/node/edge/serve.ts'
import { unknownOption } from '../../../src/protocol/checks/check-options.ts'
import { nameElsewhere } from '../../../src/protocol/checks/name-elsewhere.ts'

describe('nameElsewhere', () => {
  it('knows the option by its name in another library, where there is such an option', () => {
    expect({
      deflate: nameElsewhere('perMessageDeflate', ['extensions']),
      absent: nameElsewhere('perMessageDeflate', ['host']),
      unknown: nameElsewhere('colour', ['extensions']),
      inherited: nameElsewhere('constructor', ['extensions']),
    }).toEqual({ deflate: 'extensions: [permessageDeflate()]', absent: undefined, unknown: undefined, inherited: undefined })
  })

  it('comes before a name that is only spelt alike', () => {
    expect(unknownOption('cors', ['port', 'allowedOrigins'], 'serve')).toBe(
      'there is no option cors of serve; did you mean allowedOrigins?',
    )
    expect(unknownOption('cors', ['port'], 'serve')).toBe('there is no option cors of serve; did you mean port?')
  })

  for (const [name, meant] of [
    ['maxPayload', 'maxMessagePayloadSize'],
    ['maxHttpBufferSize', 'maxMessagePayloadSize'],
    ['perMessageDeflate', 'extensions: [permessageDeflate()]'],
    ['verifyClient', 'onConnect'],
    ['cors', 'allowedOrigins'],
    ['origin', 'allowedOrigins'],
    ['pingInterval', 'autoPingInterval'],
    ['pingTimeout', 'autoPingTimeout'],
    ['cert', 'tls: { cert, key }'],
    ['key', 'tls: { cert, key }'],
  ] as const) {
    it(`answers ${name} of serve with ${meant}`, async () => {
      await expect(serve({ port: 0, [name]: 1 }, ws => ws.closed)).rejects.toThrow(`no option ${name} of serve; did you mean ${meant}?`)
    })
  }

  for (const [name, meant] of [
    ['agent', 'proxy'],
    ['handshakeTimeout', 'openHandshakeTimeout'],
    ['rejectUnauthorized', 'tls: { rejectUnauthorized }'],
    ['ca', 'tls: { ca }'],
  ] as const) {
    it(`answers ${name} of connect with ${meant}`, async () => {
      await expect(connect('ws://h', { [name]: 1 })).rejects.toThrow(`no option ${name} of connect; did you mean ${meant}?`)
    })
  }

  for (const [name, meant] of [
    ['reconnectionDelay', 'initialDelay'],
    ['reconnectionDelayMax', 'maxDelay'],
    ['reconnectionAttempts', 'maxRetries'],
  ] as const) {
    it(`answers ${name} of reconnect with ${meant}`, async () => {
      await expect(connect('ws://h', { reconnect: { [name]: 1 } })).rejects.toThrow(
        `no option ${name} of reconnect; did you mean ${meant}?`,
      )
    })
  }
})
