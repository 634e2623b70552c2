import { expect, it } from 'vitest'
import { checkConnectOptions, checkSendOptions } from '../../src/browser/page-checks.ts'

it('says what is wrong with the options of connect', () => {
  expect(() => checkConnectOptions({ maxUnsentsize: 1 } as object)).toThrow(
    'there is no option maxUnsentsize of connect; did you mean maxUnsentSize?',
  )
  expect(() => checkConnectOptions({ protocols: 'chat' as never })).toThrow('option protocols must be a list of strings, and not "chat"')
  expect(() => checkConnectOptions({ maxWaitingSize: 1, reconnect: {}, timeout: 5 })).not.toThrow()
})

it('says what is wrong with the options of send', () => {
  expect(() => checkSendOptions({ fragmentSize: 5 } as object)).toThrow('there is no option fragmentSize of send')
  expect(() => checkSendOptions({ binary: false })).not.toThrow()
})
