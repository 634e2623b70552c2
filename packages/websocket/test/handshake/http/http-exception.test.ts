import { describe, expect, it } from 'vitest'
import { HttpException } from '../../../src/handshake/http/http-exception.ts'

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
})
