import { describe, expect, it } from 'vitest'
import { presenceOf } from '../../src/channels/presence-options.ts'

describe('presenceOf', () => {
  const member = {} as never

  it('is nothing where presence is not asked for', () => {
    expect(presenceOf(undefined, undefined, () => undefined)).toBeUndefined()
  })

  it('describes members by a copy of what the application returns', () => {
    const description = { name: 'a', at: new Date(0) }
    expect(
      presenceOf(
        () => description,
        undefined,
        () => undefined,
      )?.describe(member),
    ).toEqual({ name: 'a', at: '1970-01-01T00:00:00.000Z' })
    expect(
      presenceOf(
        undefined,
        () => undefined,
        () => undefined,
      )?.describe(member),
    ).toBeUndefined()
  })

  it('reports what cannot be told, and what the application throws', () => {
    const errors: string[] = []
    const failed = (thrown: unknown): void => void errors.push((thrown as Error).message)
    expect(presenceOf(() => 'x'.repeat(1023), undefined, failed)?.describe(member)).toBeUndefined()
    expect(presenceOf(() => 7n, undefined, failed)?.describe(member)).toBeUndefined()
    presenceOf(
      undefined,
      () => {
        throw new Error('of the application')
      },
      failed,
    )?.told({ kind: 'join', process: '', member: undefined, size: 1 })
    expect(errors).toEqual([
      'what describe returns has at most 1024 characters as JSON, and not 1025',
      expect.stringContaining('BigInt'),
      'of the application',
    ])
  })
})
