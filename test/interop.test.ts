import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

describe('npm run interop', () => {
  it('exits with 2 and names the parts for an unknown one', () => {
    const { status, stderr } = spawnSync(process.execPath, ['interop/interop.mjs', 'nodes', 'cobol'], { cwd: root, encoding: 'utf8' })
    expect(stderr).toBe('interop: there is no part cobol; known parts: nodes, python-websockets, runtimes\n')
    expect(status).toBe(2)
  })
})
