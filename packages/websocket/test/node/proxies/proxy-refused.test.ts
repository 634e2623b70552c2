import { expect, it } from 'vitest'
import { HeaderFields } from '../../../src/handshake/http/header-fields.ts'
import { ProxyRefused } from '../../../src/node/proxies/proxy-refused.ts'

it('a ProxyRefused has what the proxy answered', () => {
  const headers = HeaderFields.from({ 'Proxy-Authenticate': 'Basic' })
  expect(new ProxyRefused('it answered 407', 407, headers)).toMatchObject({
    name: 'ProxyRefused',
    code: 'ERR_PROXY_REFUSED',
    message: 'it answered 407',
    status: 407,
    headers,
  })
  expect(new ProxyRefused('odd').status).toBeUndefined()
})
