import * as CloseCode from '../protocol/faults/codes.ts'
import { ConnectionClosed } from '../protocol/faults/errors.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'

/** Returns the error that calls of the function style reject with when the connection is gone. */
export function closedError({ code, reason, cause }: CloseInfo): ConnectionClosed {
  return new ConnectionClosed(code, `connection closed with ${code}${reason === '' ? '' : `: ${reason}`}`, { cause })
}

/** Returns the error for a connection that is not open any more. `info`: its end; `undefined` until it is gone. */
export function closingError(info: CloseInfo | undefined): ConnectionClosed {
  return info === undefined ? new ConnectionClosed(CloseCode.Abnormal, 'the connection is closing') : closedError(info)
}
