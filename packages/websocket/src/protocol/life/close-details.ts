import type { CloseInfo } from './close-info.ts'

/** The end of a connection, as `closeInfo` has it: plain data, with a form for logs. */
export class CloseDetails implements CloseInfo {
  readonly code: number
  readonly reason: string
  readonly wasClean: boolean
  readonly by: 'peer' | 'self' | 'network'
  declare readonly localCloseCode?: number
  declare readonly cause?: Error

  constructor(info: CloseInfo) {
    this.code = info.code
    this.reason = info.reason
    this.wasClean = info.wasClean
    this.by = info.by
    if (info.localCloseCode !== undefined) this.localCloseCode = info.localCloseCode
    if (info.cause !== undefined) this.cause = info.cause
  }

  /**
   * Returns what `JSON.stringify` writes: the members, with the cause as an object of name, message and code, because errors are `{}` in
   * JSON. There is no stack in it: it names files of this machine, and close details are sent to dashboards.
   */
  toJSON(): object {
    const { cause, ...others } = this
    return cause === undefined ? others : { ...others, cause: errorInJson(cause, mostCauses) }
  }
}

/** Never throws: logging must not fail because of what an application has thrown. */
function errorInJson(error: unknown, causesLeft: number): unknown {
  try {
    return error instanceof Error ? membersOf(error, causesLeft) : describedValue(error)
  } catch {
    return 'an error that cannot be printed'
  }
}

function membersOf(error: Error, causesLeft: number): object {
  const { name, message, cause } = error
  const codes = Object.fromEntries(codeNames.map(name => [name, Reflect.get(error, name) as unknown]).filter(([, value]) => isPlain(value)))
  return { name, message, ...codes, ...(cause !== undefined && causesLeft > 0 && { cause: errorInJson(cause, causesLeft - 1) }) }
}

/** Returns a thrown value that is not an error: what JSON can write of it, without looking into objects. */
function describedValue(value: unknown): unknown {
  return isPlain(value) || typeof value === 'boolean' || value === null ? value : Object.prototype.toString.call(value)
}

function isPlain(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

/** The members of errors that say what kind of error it is: those of this library, of Node's system errors, and HTTP statuses. */
const codeNames = ['code', 'closeCode', 'status', 'syscall', 'address', 'port'] as const

/** Causes of causes that are written; an error may be its own cause. */
const mostCauses = 4
