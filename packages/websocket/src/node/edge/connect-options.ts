import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import { type OptionChecks, optionCheck } from '../../protocol/checks/check-options.ts'
import { abortSignal, upToAnHour } from '../../protocol/checks/option-values.ts'
import { isProxyOption, type ProxyOption } from '../proxies/proxy-settings.ts'
import { type DeadlineClock, deadlineClock } from '../runtime/node-runtime.ts'
import { tlsOptions } from './check-tls.ts'

/** Options of connecting; the factory has the URL. */
export interface ConnectOptions {
  /**
   * The number of seconds for TCP and TLS to connect; 0 waits as long as the system does. Default: 30. The opening handshake has its own
   * time after that.
   */
  readonly timeout?: number
  /**
   * A signal that stops connecting when it is aborted; `connectWS` rejects with its reason. It has no effect once the connection is open.
   */
  readonly signal?: AbortSignal
  /** Authorities, a client certificate, and other options of `tls.connect`. The server's certificate and name are checked. */
  readonly tls?: ConnectionOptions
  /** The local address to connect from. */
  readonly localAddress?: string
  /**
   * The proxy to connect through: the URL of one that takes HTTP's CONNECT (`http://` or `https://`) or SOCKS5 (`socks5://`), with a user name
   * and a password if it wants them; or its settings; or `'env'` for the one that the environment names (`HTTPS_PROXY` for `wss:`,
   * `HTTP_PROXY` for `ws:`, `ALL_PROXY`, and `NO_PROXY` for exceptions). The option `timeout` bounds all of it. TLS to the server goes
   * through the proxy, which sees the server's name and nothing else; of `ws:` it sees everything. Default: `false`, no proxy, whatever the environment says.
   */
  readonly proxy?: ProxyOption
  /** A stream to use in place of TCP. For `wss:` TLS begins on it. It is destroyed when connecting fails. */
  readonly socket?: Duplex
  /**
   * The clock of all deadlines, for example a `FakeClock` of `@autobahn-ts/websocket/testing`. Octets move in real time all the same.
   * Default: the time of the global timers, also where a test framework has replaced them.
   */
  readonly clock?: DeadlineClock
}

/** The checks of `ConnectOptions`, by name. */
export const connectOptions: OptionChecks<ConnectOptions> = {
  timeout: upToAnHour,
  signal: abortSignal,
  tls: tlsOptions,
  localAddress: optionCheck('an IP address of this machine', value => typeof value === 'string' && isIP(value) !== 0),
  proxy: optionCheck("a URL, 'env', false, or an object with url, tls and headers", isProxyOption),
  socket: optionCheck('a duplex stream', isDuplex),
  clock: deadlineClock,
}

function isDuplex(value: unknown): boolean {
  const has = (name: string): boolean => typeof Reflect.get(value as object, name) === 'function'
  return typeof value === 'object' && value !== null && has('pipe') && has('write') && has('destroy')
}
