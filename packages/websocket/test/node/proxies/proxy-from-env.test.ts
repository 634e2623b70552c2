import { describe, expect, it } from 'vitest'
import { proxyFromEnv } from '../../../src/node/proxies/proxy-from-env.ts'

const ws = { host: 'a.example', port: 80, isSecure: false }
const wss = { host: 'a.example', port: 443, isSecure: true }

describe('proxyFromEnv', () => {
  for (const [env, forWs, forWss] of [
    [{}, undefined, undefined],
    [{ http_proxy: 'http://one' }, 'http://one:80', undefined],
    [{ https_proxy: 'http://one' }, undefined, 'http://one:80'],
    [{ HTTP_PROXY: 'http://one', HTTPS_PROXY: 'https://two' }, 'http://one:80', 'https://two:443'],
    [{ all_proxy: 'socks5://three' }, 'socks5://three:1080', 'socks5://three:1080'],
    [{ ALL_PROXY: 'socks5://three', https_proxy: 'http://one' }, 'socks5://three:1080', 'http://one:80'],
    [{ http_proxy: 'http://small', HTTP_PROXY: 'http://large' }, 'http://small:80', undefined],
    [{ http_proxy: ' ', HTTP_PROXY: 'http://large' }, 'http://large:80', undefined],
    [{ http_proxy: 'one:3128' }, 'http://one:3128', undefined],
    [{ http_proxy: 'http://one', no_proxy: 'a.example' }, undefined, undefined],
    [{ http_proxy: 'http://one', NO_PROXY: '.example:81' }, 'http://one:80', undefined],
    [{ HTTP_PROXY: 'http://one', REQUEST_METHOD: 'GET' }, undefined, undefined],
    [{ http_proxy: 'http://one', REQUEST_METHOD: 'GET' }, 'http://one:80', undefined],
  ] as const) {
    it(`finds ${forWs} for ws and ${forWss} for wss in ${JSON.stringify(env)}`, () => {
      expect([proxyFromEnv(ws, env)?.name, proxyFromEnv(wss, env)?.name]).toEqual([forWs, forWss])
    })
  }

  it('names the variable that is wrong, and not its value', () => {
    expect(() => proxyFromEnv(ws, { HTTP_PROXY: 'ftp://a:s3cret@one' })).toThrow(
      'the environment variable HTTP_PROXY has the scheme ftp:, and not http:, https:, socks5: or socks5h:',
    )
  })
})
