import { describe, expect, it } from 'vitest'
import { obstacle, sharedTests, testFiles, unitTests } from './unit-tests.ts'

const unit = unitTests()
const shared = sharedTests()

describe('the tests that need no sockets', () => {
  it('are most of the tests, and each test is either among them or says what hinders it', () => {
    expect(unit.length).toBeGreaterThan(testFiles().length / 2)
    expect(testFiles().filter(file => unit.includes(file) === (obstacle(file) !== undefined))).toEqual([])
  })

  for (const [what, file, hindrance] of [
    ['opens sockets', 'packages/websocket/test/interop/ws-client.test.ts', /\/test\/interop\/.* imports /],
    ['starts processes', 'test/readme.test.ts', /^test\/readme\.test\.ts imports node:child_process$/],
    ['opens a browser in a helper', 'packages/testsuite/test/report/report-in-browser.test.ts', /chromium\.ts imports playwright-core$/],
    ['has a clock of its own', 'packages/websocket/test/reconnect/mendable.test.ts', /mendable\.test\.ts has vi\.useFakeTimers$/],
    ['loads a source that opens sockets', 'packages/testsuite/test/fuzzing/promises.test.ts', /\/src\/.* imports node:net$/],
  ] as const) {
    it(`do not include one that ${what}`, () => {
      expect(obstacle(file)).toMatch(hindrance)
      expect(unit).not.toContain(file)
    })
  }
})

describe('the tests that reach beyond their process and share it', () => {
  it('are none of those that need no sockets', () => {
    expect(shared.length).toBeGreaterThan(150)
    expect(shared.filter(file => unit.includes(file))).toEqual([])
  })

  for (const [what, file] of [
    ['opens sockets', 'packages/websocket/test/node/proxies/socks5.test.ts'],
    ['starts programs', 'test/readme.test.ts'],
    ['shows pages', 'packages/testsuite/test/report/report-in-browser.test.ts'],
    ['loads a source that can be part of a cluster', 'packages/websocket/test/interop/undici.test.ts'],
  ] as const)
    it(`include one that ${what}`, () => expect(shared).toContain(file))

  for (const [what, file] of [
    ['has a clock of its own', 'packages/websocket/test/node/runtime/node-timer.test.ts'],
    ['loads modules again', 'packages/websocket/test/node/runtime/fast-paths.test.ts'],
    ['measures the memory of its process', 'packages/websocket/test/attacks/compression.test.ts'],
    ['sets flags of V8', 'packages/websocket/test/conversation/given-away.test.ts'],
  ] as const)
    it(`do not include one that ${what}`, () => expect(shared).not.toContain(file))
})
