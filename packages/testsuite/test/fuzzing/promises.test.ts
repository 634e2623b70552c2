import { describe, expect, it } from 'vitest'
import { fuzzingClient, fuzzingServer, JunitReport, massConnect, testeeClient, testeeServer } from '../../src/index.ts'

const junit = new JunitReport({ file: 'report.xml' })
const symbol = Symbol('wrong') as never
const nothing = null as never

/** All functions and methods of the package that return a promise, each with wrong calls. */
const promising: readonly (readonly [name: string, call: () => unknown])[] = [
  ['fuzzingClient(null)', () => fuzzingClient(nothing)],
  ['fuzzingClient, servers that are not a list', () => fuzzingClient({ servers: 5 as never })],
  ['fuzzingClient, an address that is a symbol', () => fuzzingClient({ servers: [{ url: symbol }] })],
  ['fuzzingClient, cases that are not a list', () => fuzzingClient({ servers: [], cases: 5 as never })],
  ['fuzzingServer(null)', () => fuzzingServer(nothing)],
  ['fuzzingServer, an address that is not one', () => fuzzingServer({ url: 'nowhere' })],
  ['fuzzingServer, an address that is a symbol', () => fuzzingServer({ url: symbol })],
  ['fuzzingServer, cases that are not a list', () => fuzzingServer({ url: 'ws://127.0.0.1:0', cases: 5 as never })],
  ['massConnect(null)', () => massConnect(nothing)],
  ['massConnect, a number that is a symbol', () => massConnect({ url: 'ws://127.0.0.1:1', connections: symbol })],
  ['testeeClient(null)', () => testeeClient(nothing)],
  ['testeeClient, an address that is a symbol', () => testeeClient({ url: symbol })],
  ['testeeServer(null)', () => testeeServer(nothing)],
  ['testeeServer, a port that is a symbol', () => testeeServer({ port: symbol })],
  ['caseEnded of JunitReport', () => junit.caseEnded(nothing, nothing)],
  ['finish of JunitReport', () => junit.finish(nothing)],
]

describe('functions that return a promise', () => {
  for (const [name, call] of promising) {
    it(`reject and never throw: ${name}`, async () => {
      const promise = call()
      expect(promise).toBeInstanceOf(Promise)
      await expect(promise).rejects.toBeInstanceOf(Error)
    })
  }
})
