import { describe, expect, it } from 'vitest'
import { listenProblem } from '../src/listen-problem.ts'

describe('listenProblem', () => {
  it('suggests the next port if one is taken', () => {
    const problem = listenProblem(failed('EADDRINUSE'), { host: '127.0.0.1', port: 8080 }, 'autobahn-ts demo')
    expect(problem).toContain('port 8080 of 127.0.0.1 is taken by another program')
    expect(problem).toContain('autobahn-ts demo --port 8081')
  })

  it('suggests a valid port that needs no privileges', () => {
    expect(listenProblem(failed('EADDRINUSE'), { host: 'localhost', port: 65_535 }, 'x')).toContain('--port 8080')
    expect(listenProblem(failed('EACCES'), { host: 'localhost', port: 443 }, 'x')).toContain('--port 8080')
  })

  it('suggests another path if a Unix socket is taken', () => {
    expect(listenProblem(failed('EADDRINUSE'), { path: '/run/a.sock' }, 'x')).toMatch(/^\/run\/a\.sock is taken[\s\S]*--unix/)
  })

  it('distinguishes an address of another machine from an unknown name', () => {
    expect(listenProblem(failed('EADDRNOTAVAIL'), { host: '192.0.2.1', port: 1 }, 'x')).toContain(
      '192.0.2.1 is not an address of this machine',
    )
    expect(listenProblem(failed('ENOTFOUND'), { host: 'nowhere.invalid', port: 1 }, 'x')).toContain('nowhere.invalid is not known')
  })

  it('reports that the folder of a socket is missing', () => {
    for (const code of ['EACCES', 'ENOENT'])
      expect(listenProblem(failed(code), { path: '/nowhere/a.sock' }, 'x')).toContain('there is no folder for the socket /nowhere/a.sock')
  })

  it('throws unknown errors again', () => {
    const error = failed('EMFILE')
    expect(() => listenProblem(error, { host: 'localhost', port: 1 }, 'x')).toThrow(error)
    expect(() => listenProblem('no error', { port: 1 }, 'x')).toThrow('no error')
    expect(() => listenProblem(failed('ENOENT'), { host: 'localhost', port: 1 }, 'x')).toThrow('ENOENT')
  })
})

function failed(code: string): Error {
  return Object.assign(new Error(code), { code })
}
