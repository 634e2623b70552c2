import { describe, expect, it } from 'vitest'
import { connect } from '../../../src/node/edge/connect.ts'
import { serve } from '../../../src/node/edge/serve.ts'
import { optionOfAnother } from '../../../src/protocol/checks/option-of-another.ts'
import { reconnectingSettings } from '../../../src/reconnect/reconnecting-options.ts'

describe('optionOfAnother', () => {
  it('knows the function that has an option, unless the names have it', () => {
    expect(optionOfAnother('reconnect', ['url'])).toBe('it is an option of connect')
    expect(optionOfAnother('reconnect', ['reconnect'])).toBeUndefined()
    expect(optionOfAnother('colour', ['url'])).toBeUndefined()
    expect(optionOfAnother('constructor', ['url'])).toBeUndefined()
  })

  it('writes the options of reconnect into it', async () => {
    for (const name of Object.keys(reconnectingSettings)) expect(optionOfAnother(name, ['reconnect'])).toBe(`write reconnect: { ${name} }`)
    await expect(connect('ws://h', { maxRetries: 3 } as never)).rejects.toThrow(
      'there is no option maxRetries of connect; write reconnect: { maxRetries }',
    )
  })

  it('is what serve answers with', async () => {
    await expect(serve({ port: 0, reconnect: {} } as never, ws => ws.closed)).rejects.toThrow(
      'there is no option reconnect of serve; it is an option of connect',
    )
  })
})
