import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { linesOf, testsOn } from '../../test/runtimes/tests-on.ts'

const installed = fileURLToPath(new URL('../../packages/testsuite/matrix/node_modules/.bin/', import.meta.url))
const deno = `${installed}deno`

testsOn({ name: 'Bun', command: `${installed}bun`, args: [], lacks: ['readInto', 'directWriter'] })
testsOn({
  name: 'Deno',
  command: deno,
  args: ['run', '--no-lock', '--allow-all', '--node-modules-dir=manual'],
  lacks: ['directWriter'],
})

describe('the permissions of Deno', () => {
  it('are not needed to import the packages, and nobody is asked for them', { timeout: 60_000 }, async () => {
    for (const name of ['@autobahn-ts/websocket', '@autobahn-ts/websocket/portable', '@autobahn-ts/wamp/v1']) {
      const source = `console.log(Object.keys(await import('${import.meta.resolve(name)}')).length > 0)`
      const program = `data:text/javascript,${encodeURIComponent(source)}`
      expect(await linesOf(deno, ['run', '--no-lock', '--no-prompt', '--node-modules-dir=manual', program])).toEqual(['true'])
    }
  })

  it('are the network alone for servers and clients', { timeout: 60_000 }, async () => {
    const args = ['run', '--no-lock', '--no-prompt', '--allow-net', '--node-modules-dir=manual', 'test/runtimes/permissions.mjs']
    expect(await linesOf(deno, args)).toEqual(['600'])
  })
})
