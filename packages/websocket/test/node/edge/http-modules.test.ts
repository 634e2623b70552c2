import { execFileSync } from 'node:child_process'
import * as http from 'node:http'
import { expect, it } from 'vitest'
import { nodeHttp } from '../../../src/node/edge/http-modules.ts'

it('returns the module that an import gives', () => {
  expect(nodeHttp().Server).toBe(http.Server)
})

it('is the only way in which the package reaches them: importing the package loads neither HTTP nor the fetch of Node', () => {
  const program = `
    import '@autobahn-ts/websocket'
    const loaded = process.moduleLoadList.filter(name => /^NativeModule (_http_|http|https|internal\\/deps\\/undici\\/undici$)/.test(name))
    console.log(JSON.stringify(loaded))`
  const loaded = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: import.meta.dirname, encoding: 'utf8' })
  const before = execFileSync(process.execPath, ['--input-type=module', '-e', program.replace(/import .*/, '')], { encoding: 'utf8' })
  expect(JSON.parse(loaded)).toEqual(JSON.parse(before))
})
