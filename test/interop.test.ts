import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

describe('npm run interop', () => {
  it('ends with 2 and names the parts where it is asked for another', () => {
    const { status, stderr } = spawnSync(process.execPath, ['interop/interop.mjs', 'nodes', 'cobol'], { cwd: root, encoding: 'utf8' })
    expect(stderr).toBe('interop: there is no part cobol; there is nodes, python-websockets, runtimes\n')
    expect(status).toBe(2)
  })
})
