import { CloseCode } from '../faults/close-code.ts'
import type { CloseInfo } from '../life/close-info.ts'

/** Remembers how a connection ends: which close frames passed, who began, and what went wrong first. */
export class Ending {
  #by: CloseInfo['by'] | undefined
  #why: string | undefined
  #cause: Error | undefined
  #hasFailed = false
  #localCode: number | undefined
  #hasSent = false
  #remote: { readonly code: number | undefined; readonly reason: string } | undefined

  get hasReceivedClose(): boolean {
    return this.#remote !== undefined
  }

  get hasSentClose(): boolean {
    return this.#hasSent
  }

  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /** We failed, refused or dropped the connection: it cannot be clean any more. The first reason counts. */
  failed(why: string, cause: Error | undefined): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    this.#by ??= 'self'
    this.#why = why
    this.#cause = cause
  }

  /** Nobody meant it to end here. */
  lost(why: string): void {
    this.#by ??= 'network'
    this.#why ??= why
  }

  closeSent(code: number | undefined): void {
    this.#hasSent = true
    this.#by ??= 'self'
    this.#localCode = code
  }

  closeReceived(code: number | undefined, reason: string): void {
    this.#by ??= 'peer'
    this.#remote = { code, reason }
  }

  /** The transport is gone. */
  info(error: Error | undefined): CloseInfo {
    const wasClean = !this.#hasFailed && this.#remote !== undefined && this.#hasSent
    const cause = this.#cause ?? (wasClean ? undefined : error)
    return {
      code: wasClean ? (this.#remote!.code ?? CloseCode.NoCode) : CloseCode.Abnormal,
      reason: wasClean ? this.#remote!.reason : (this.#why ?? this.#lost(error)),
      wasClean,
      by: this.#by ?? 'network',
      ...(this.#localCode !== undefined && { localCloseCode: this.#localCode }),
      ...(cause !== undefined && { cause }),
    }
  }

  #lost(error: Error | undefined): string {
    const how = error === undefined ? 'ended' : `was lost (${error.message})`
    if (this.#remote !== undefined) return `the transport ${how} before the peer's close frame was answered`
    return this.#hasSent ? `the transport ${how} before the peer answered our close frame` : `the transport ${how} without a close frame`
  }
}
