import { describe, expect, it } from 'vitest'
import { HttpException } from '../../../src/handshake/http/http-exception.ts'
import { ApiMisuse } from '../../../src/protocol/faults/errors.ts'

describe('HttpException', () => {
  it('is an error with status, reason and headers', () => {
    const error = new HttpException(401, 'who are you', { 'WWW-Authenticate': 'Basic' })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'HttpException',
      message: '401 who are you',
      status: 401,
      reason: 'who are you',
      headers: { 'WWW-Authenticate': 'Basic' },
    })
  })

  it('has no headers unless given', () => {
    expect(new HttpException(404, 'no such room').headers).toEqual([])
  })

  it('needs no reason', () => {
    expect(new HttpException(404)).toMatchObject({ message: '404', reason: '' })
  })

  for (const [given, message] of [
    [['log in', 401], 'the status comes before the reason: new HttpException(401, "log in")'],
    [[200, 'fine'], 'the status of an HttpException must be a whole number from 300 to 599, and not 200'],
    [['401', 'log in'], 'the status of an HttpException must be a whole number from 300 to 599, and not "401"'],
    [[Number.NaN, 'x'], 'the status of an HttpException must be a whole number from 300 to 599, and not NaN'],
    [[404, { reason: 'x' }], 'the reason of an HttpException must be a string, and not [object Object]'],
  ] as const) {
    it(`is misuse: ${message}`, () => {
      expect(() => new HttpException(...(given as unknown as [number, string]))).toThrow(new ApiMisuse(message))
    })
  }
})
