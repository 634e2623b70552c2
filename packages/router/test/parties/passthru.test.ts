import { describe, expect, it } from 'vitest'
import { addPassthru, hasPassthru, noDetails, passthruDetails } from '../../src/parties/passthru.ts'

describe('the attributes of a payload', () => {
  it('are those of payload passthru mode and of the older form, and no other', () => {
    const options = { ppt_scheme: 'wamp', ppt_keyid: 'k', enc_serializer: 'json', acknowledge: true, _mine: 1 }
    expect(passthruDetails(options)).toEqual({ ppt_scheme: 'wamp', ppt_keyid: 'k', enc_serializer: 'json' })
    const details = { topic: 'com.x' }
    addPassthru({ enc_algo: 'cryptobox' }, details)
    expect(details).toEqual({ topic: 'com.x', enc_algo: 'cryptobox' })
  })

  it('need a scheme', () => {
    expect([{ ppt_scheme: 'x_a' }, { enc_algo: 'cryptobox' }, { ppt_keyid: 'k' }, {}].map(hasPassthru)).toEqual([true, true, false, false])
    expect(passthruDetails({ ppt_keyid: 'k' })).toBe(noDetails)
  })
})
