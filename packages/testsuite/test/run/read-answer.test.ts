import { connect as connectTcp, createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type AnswerRead, readAnswer } from '../../src/run/read-answer.ts'
import { readHead } from '../../src/run/read-head.ts'
import { latin1 } from '../../src/wire/octets.ts'

const servers: Server[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => new Promise(resolve => server.close(resolve))))
})

describe('readAnswer', () => {
  it.each([
    ['HTTP/1.1 400 x\r\nContent-Length: 2\r\n\r\nno', 'no', ''],
    ['HTTP/1.1 400 x\r\nContent-Length: 2\r\n\r\nno\u0081\u0000', 'no', '\u0081\u0000'],
    ['HTTP/1.1 400 x\r\n\r\nto the end', 'to the end', ''],
    ['HTTP/1.1 204 x\r\n\r\nbody', '', 'body'],
    ['HTTP/1.1 400 x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n3;a=b\r\npe!\r\n0\r\n\r\nrest', 'nope!', 'rest'],
  ])('delimits the body: %j', async (answer, body, following) => {
    const read = await answered(answer)
    expect(read.problem).toBeUndefined()
    expect({ body: latin1(read.body), following: latin1(read.following), hasEnded: read.hasEnded }).toEqual({
      body,
      following,
      hasEnded: true,
    })
  })

  it.each([
    ['HTTP/1.1 400 x\r\nContent-Length: 3\r\n\r\nno', 'a body of 2 octets'],
    ['HTTP/1.1 400 x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nno', 'two of them'],
    ['HTTP/1.1 400 x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'beside Transfer-Encoding'],
    ['HTTP/1.1 400 x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno', 'chunks that do not end'],
    [`HTTP/1.1 400 x\r\n\r\n${'x'.repeat(1_100_000)}`, 'that are kept'],
  ])('finds the fault: %j', async (answer, problem) => {
    expect((await answered(answer)).problem).toContain(problem)
  })

  it('expects no body for HEAD', async () => {
    expect(latin1((await answered('HTTP/1.1 400 x\r\nContent-Length: 2\r\n\r\nno', 'HEAD')).following)).toBe('no')
  })

  it('does not wait for the end of a connection that stays open', async () => {
    const read = await answered('HTTP/1.1 400 x\r\nContent-Length: 2\r\n\r\nno', 'GET', false)
    expect(read).toMatchObject({ hasEnded: false })
    expect(latin1(read.body)).toBe('no')
  })
})

async function answered(answer: string, method = 'GET', ends = true): Promise<AnswerRead> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.write(Buffer.from(answer, 'latin1'))
    if (ends) socket.end()
  })
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const socket = connectTcp({ port: address.port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  const read = await readHead(socket, 2)
  if (read.problem !== undefined) throw new Error(read.problem)
  const result = await readAnswer(socket, read.head, read.rest, { method, seconds: 2 })
  socket.destroy()
  return result
}
