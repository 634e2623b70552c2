import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { nodeDeflate } from '../../../src/node/runtime/node-deflate.ts'
import { testDeflate } from '../deflate-suite.ts'

testDeflate('as this runtime can do it', nodeDeflate)

for (const fastPaths of ['on', 'off'])
  it(`leaves the process alive whose codecs are used after they were closed, fast paths ${fastPaths}`, async () => {
    const script = fileURLToPath(new URL('../../attacks/children/closed-codecs.mjs', import.meta.url))
    const child = fork(script, { env: { ...process.env, AUTOBAHN_TS_FAST_PATHS: fastPaths } })
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
  })
