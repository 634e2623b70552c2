import { describe, expect, it } from 'vitest'
import { closedError, closingError } from '../../src/conversation/closed-error.ts'
import { ConnectionClosed } from '../../src/protocol/faults/errors.ts'
import type { CloseInfo } from '../../src/protocol/life/close-info.ts'

describe('closedError', () => {
  it('has the close code, the reason and the cause of the end', () => {
    const cause = new Error('reset')
    const error = closedError({ ...ended, cause })
    expect(error).toBeInstanceOf(ConnectionClosed)
    expect(error).toMatchObject({ closeCode: 1001, message: 'connection closed with 1001: going away', cause })
  })

  it('says nothing of a reason where there is none', () => {
    expect(closedError({ ...ended, reason: '' }).message).toBe('connection closed with 1001')
  })
})

describe('closingError', () => {
  it('is about the end where the connection is gone, and about closing before that', () => {
    expect(closingError(ended)).toMatchObject({ closeCode: 1001 })
    expect(closingError(undefined)).toMatchObject({ closeCode: 1006, message: 'the connection is closing' })
  })
})

const ended: CloseInfo = { code: 1001, reason: 'going away', wasClean: true, by: 'peer' }
