import { describe, expect, it } from 'vitest'
import { dialer } from '../../../src/node/whatwg/socket-options.ts'

describe('dialer', () => {
  it('refuses options that do not exist, and those that the arguments replace', () => {
    const misspelt = { headrs: [] } as object
    expect(() => dialer(misspelt, 'WebSocket')).toThrow('there is no option headrs of WebSocket; did you mean headers?')
    for (const name of ['signal', 'protocols', 'build', 'protocol'])
      expect(() => dialer({ [name]: undefined }, 'WebSocket')).toThrow(`there is no option ${name} of WebSocket`)
  })

  it('checks values', () => {
    const wrong = { perMessageDeflate: 1 } as object
    expect(() => dialer(wrong, 'WebSocket')).toThrow('option perMessageDeflate must be true, false, or an object of options')
    expect(() => dialer({ perMessageDeflate: { maxContexts: -1 } }, 'WebSocket')).toThrow('option maxContexts')
    expect(() => dialer({ timeout: -1 }, 'WebSocket')).toThrow('option timeout must be')
  })

  it('adds permessage-deflate to the extensions', () => {
    const own = { name: 'own' }
    const names = (options: Parameters<typeof dialer>[0]): unknown =>
      dialer(options, 'WebSocket').factoryOptions.extensions?.map(e => e.name)
    expect(names({ extensions: [own], perMessageDeflate: true })).toEqual(['own', 'permessage-deflate'])
    expect(names({ perMessageDeflate: {} })).toEqual(['permessage-deflate'])
    expect(names({ perMessageDeflate: false })).toEqual([])
  })
})
