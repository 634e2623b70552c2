import { describe, expect, it } from 'vitest'
import { obstacle, socketTests, testFiles, unitTests } from './unit-tests.ts'

describe('the tests that share one process', () => {
  it('are most of the tests, and each test is either among them or says what hinders it', () => {
    const unit = unitTests()
    expect(unit.length).toBeGreaterThan(testFiles().length / 2)
    expect(testFiles().filter(file => unit.includes(file) === (obstacle(file) !== undefined))).toEqual([])
  })

  for (const [what, file, hindrance] of [
    ['opens sockets', 'packages/websocket/test/interop/ws-client.test.ts', /\/test\/interop\/.* imports /],
    ['starts processes', 'test/readme.test.ts', /^test\/readme\.test\.ts imports node:child_process$/],
    ['opens a browser in a helper', 'packages/testsuite/test/report/report-in-browser.test.ts', /chromium\.ts imports playwright-core$/],
    ['patches a global', 'packages/websocket/test/browser/platform-socket.test.ts', /platform-socket\.test\.ts has vi\.stubGlobal$/],
    ['loads a source that opens sockets', 'packages/testsuite/test/fuzzing/promises.test.ts', /\/src\/.* imports node:net$/],
  ] as const) {
    it(`do not include one that ${what}`, () => {
      expect(obstacle(file)).toMatch(hindrance)
      expect(unitTests()).not.toContain(file)
    })
  }
})

describe('the tests that open sockets and share a process', () => {
  it('are none of those that need no sockets, and neither start processes nor patch anything', () => {
    const sockets = socketTests()
    expect(sockets.length).toBeGreaterThan(50)
    expect(sockets.filter(file => unitTests().includes(file))).toEqual([])
    for (const file of ['test/readme.test.ts', 'packages/websocket/test/browser/platform-socket.test.ts'])
      expect(sockets).not.toContain(file)
    expect(sockets).toContain('packages/websocket/test/node/proxies/socks5.test.ts')
  })
})
