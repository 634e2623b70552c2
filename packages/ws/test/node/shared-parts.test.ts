import { describe, expect, it } from 'vitest'
import { clientParts, serverParts } from '../../src/node/shared-parts.ts'

const options = { maxPayload: 123, maxFragments: 45, skipUTF8Validation: true, closeTimeout: 2500 }

describe('clientParts', () => {
  it('are shared by clients with the same options', () => {
    expect(clientParts({ ...options })).toBe(clientParts({ ...options }))
    expect(clientParts({ ...options, maxPayload: 124 })).not.toBe(clientParts(options))
  })

  it('mask with the keys of the application, which fills four octets of 0', () => {
    const given: number[][] = []
    const parts = clientParts({ ...options, generateMask: mask => void given.push([...mask.fill(7, 1)]) })
    const key = Uint8Array.from([9, 9, 9, 9])
    parts.runtime.crypto.fillRandom(key)
    expect({ given, key: [...key] }).toEqual({ given: [[0, 7, 7, 7]], key: [0, 7, 7, 7] })
  })
})

describe('serverParts', () => {
  it('have the options of ws in the units of the core, and no limit for what is unsent', () => {
    expect(serverParts(options).options).toMatchObject({
      maxMessagePayloadSize: 123,
      maxMessageFrames: 45,
      utf8validateIncoming: false,
      closeHandshakeTimeout: 2.5,
      maxUnsentSize: 0,
      autoPingInterval: 0,
    })
    expect(serverParts(options).role).toMatchObject({ isServer: true, masks: false, peerMasks: true })
  })
})
