import type { CloseInfo } from '../protocol/life/close-info.ts'

/** The end of a connection on a page. As JSON, for logs, it has the name and the message of its cause, because errors are `{}` there. */
export class PageCloseInfo implements CloseInfo {
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
  readonly by: CloseInfo['by']
  declare readonly localCloseCode?: number
  declare readonly cause?: Error

  constructor(code: number, reason: string, wasClean: boolean, by: CloseInfo['by'], localCloseCode?: number, cause?: Error) {
    this.code = code
    this.reason = reason
    this.wasClean = wasClean
    this.by = by
    if (localCloseCode !== undefined) this.localCloseCode = localCloseCode
    if (cause !== undefined) this.cause = cause
  }

  toJSON(): object {
    const { cause } = this
    return cause === undefined ? { ...this } : { ...this, cause: { name: cause.name, message: cause.message } }
  }
}
