import { describe, expect, it } from 'vitest'
import { ApiMisuse, HandshakeFailed, PeerMisbehaved } from '../../../src/protocol/faults/errors.ts'
import { CloseDetails } from '../../../src/protocol/life/close-details.ts'
import type { CloseInfo } from '../../../src/protocol/life/close-info.ts'

const clean: CloseInfo = { code: 1000, reason: 'done', wasClean: true, by: 'peer', localCloseCode: 1000 }

describe('CloseDetails', () => {
  it('have the members that are known, and no others', () => {
    expect({ ...new CloseDetails(clean) }).toStrictEqual({ ...clean })
    expect({ ...new CloseDetails({ code: 1006, reason: '', wasClean: false, by: 'network' }) }).toStrictEqual({
      code: 1006,
      reason: '',
      wasClean: false,
      by: 'network',
    })
  })

  it('can be cloned for another thread', () => {
    expect(structuredClone(new CloseDetails(clean))).toEqual(clean)
  })

  it('write themselves as JSON', () => {
    expect(JSON.parse(JSON.stringify(new CloseDetails(clean)))).toEqual(clean)
  })

  it('write the cause with its name, message and codes, and its own causes', () => {
    const system = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read', errno: -104 })
    const cause = new HandshakeFailed('server answered 503', 503, { cause: system })
    expect(logged(cause)).toEqual({
      name: 'HandshakeFailed',
      message: 'server answered 503',
      code: 'ERR_HANDSHAKE_FAILED',
      status: 503,
      cause: { name: 'Error', message: 'read ECONNRESET', code: 'ECONNRESET', syscall: 'read' },
    })
    expect(logged(new PeerMisbehaved(1002, 'reserved opcode 3'))).toMatchObject({ closeCode: 1002, message: 'reserved opcode 3' })
  })

  it('write no stack and nothing else that an error carries', () => {
    const cause = Object.assign(new ApiMisuse('wrong'), { password: 's3cret' })
    expect(Object.keys(logged(cause) as object)).toEqual(['name', 'message', 'code'])
  })

  it('end where an error is its own cause', () => {
    const cause: Error & { cause?: unknown } = new Error('round')
    cause.cause = cause
    expect(JSON.stringify(logged(cause)).match(/round/g)).toHaveLength(5)
  })

  it('do not fail for an error that cannot be read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    const broken = Object.defineProperty(new Error('x'), 'code', {
      get: () => {
        throw new Error('broken')
      },
    })
    expect(logged(new Error('outer', { cause: proxy }))).toMatchObject({ cause: 'an error that cannot be printed' })
    expect(logged(broken)).toBe('an error that cannot be printed')
  })

  it('write causes that are not errors without looking into them', () => {
    const causes = ['text', 5, true, null, { password: 's3cret' }, Symbol('x')]
    expect(causes.map(cause => (logged(new Error('outer', { cause })) as { cause: unknown }).cause)).toEqual([
      'text',
      5,
      true,
      null,
      '[object Object]',
      '[object Symbol]',
    ])
  })
})

/** The cause as it is found in a log. */
function logged(cause: Error): unknown {
  const info = new CloseDetails({ code: 1006, reason: 'lost', wasClean: false, by: 'network', cause })
  return (JSON.parse(JSON.stringify(info)) as { cause: unknown }).cause
}
