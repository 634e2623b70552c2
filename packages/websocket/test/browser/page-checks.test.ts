import { expect, it } from 'vitest'
import {
  checkClose,
  checkConnectOptions,
  checkReconnecting,
  checkSendOptions,
  jsonText,
  pageSendable,
  socketUrl,
} from '../../src/browser/page-checks.ts'

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

it('says what is wrong with the options of reconnect', () => {
  expect(() => checkReconnecting({ maxRetires: 5 } as object)).toThrow('did you mean maxRetries?')
  expect(() => checkReconnecting({ maxRetries: 5, onLost: () => undefined })).not.toThrow()
})

it('says what is wrong with a close frame, a payload, a value and a URL', () => {
  expect(() => checkClose(1005, '')).toThrow('close code 1005 may not be sent')
  expect(() => checkClose(1000, '')).not.toThrow()
  expect(() => pageSendable({})).toThrow('a payload must be a string or a Uint8Array')
  expect(() => jsonText(1n)).toThrow('1n cannot be written as JSON')
  expect(() => socketUrl('ftp://test')).toThrow('must begin with ws:')
})
