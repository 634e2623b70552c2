import { BusError } from '@autobahn-ts/websocket/portable'
import { NoRespondersError, PermissionViolationError, RequestError, TimeoutError } from '@nats-io/transport-node'
import { describe, expect, it } from 'vitest'
import { isUntaken, refusalIn } from '../../src/history/nats-answers.ts'

const forbidden = new PermissionViolationError('Permissions Violation for Publish to "a"', 'publish', 'a')

describe('refusalIn', () => {
  it('finds what NATS does not permit, also as the cause', () => {
    for (const thrown of [forbidden, new RequestError('failed', { cause: forbidden })])
      expect(refusalIn(thrown)).toMatchObject({ name: 'BusError', reason: 'refused' })
  })

  it('finds nothing in what may pass', () => {
    for (const thrown of [new TimeoutError(), new NoRespondersError('a'), new Error('x'), new BusError('unreachable', 'away'), undefined])
      expect(refusalIn(thrown)).toBeUndefined()
    const refused = new BusError('refused', 'no')
    expect(refusalIn(refused)).toBe(refused)
  })
})

describe('isUntaken', () => {
  it('tells that a message is surely not stored, and not where the answer is late', () => {
    const untaken = [
      forbidden,
      new NoRespondersError('a'),
      new RequestError('x', { cause: new NoRespondersError('a') }),
      new TimeoutError(),
    ]
    expect(untaken.map(isUntaken)).toEqual([true, true, true, false])
  })
})
