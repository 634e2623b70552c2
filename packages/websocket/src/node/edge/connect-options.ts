import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import { type OptionChecks, optionCheck } from '../../protocol/checks/check-options.ts'
import { abortSignal, seconds } from '../../protocol/checks/option-values.ts'
import { type DeadlineClock, deadlineClock } from '../runtime/node-runtime.ts'
import { tlsOptions } from './check-tls.ts'

/** How a client connects; where to is the factory's matter. */
export interface ConnectOptions {
  /** Seconds until TCP and TLS must stand; 0 waits as long as the system does. Default: 30. The handshake has its own time after that. */
  readonly timeout?: number
  /** Aborted before the connection is open: gives up and rejects with the reason. Later it does nothing. */
  readonly signal?: AbortSignal
  /** Authorities, a certificate of our own, and whatever else `tls.connect` takes. The server's certificate and name are checked. */
  readonly tls?: ConnectionOptions
  /** Address of this machine to connect from. */
  readonly localAddress?: string
  /** A stream to use instead of TCP, through a proxy for example. For `wss:` TLS begins on it. It is destroyed when connecting fails. */
  readonly socket?: Duplex
  /**
   * The clock of all deadlines: `FakeClock` of `@autobahn-ts/websocket/testing`, for example. Octets move in real time all the same. Default:
   * the time of the global timers, also where a test framework has replaced them.
   */
  readonly clock?: DeadlineClock
}

/** The names of `ConnectOptions`, and the values that each takes. */
export const connectOptions: OptionChecks<ConnectOptions> = {
  timeout: seconds,
  signal: abortSignal,
  tls: tlsOptions,
  localAddress: optionCheck('an IP address of this machine', value => typeof value === 'string' && isIP(value) !== 0),
  socket: optionCheck('a duplex stream', isDuplex),
  clock: deadlineClock,
}

function isDuplex(value: unknown): boolean {
  const has = (name: string): boolean => typeof Reflect.get(value as object, name) === 'function'
  return typeof value === 'object' && value !== null && has('pipe') && has('write') && has('destroy')
}
