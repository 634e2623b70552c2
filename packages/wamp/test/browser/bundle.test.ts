import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

/** The package as it was built: the repository's root finds it by its name. */
const root = fileURLToPath(new URL('../../../..', import.meta.url))

describe('a bundle for browsers', () => {
  it('has nothing of Node and nothing of the server', async () => {
    const files = await filesOf("export * from '@autobahn-ts/wamp/v1/browser'")
    expect(files).toContain('packages/wamp/dist/browser/connect-wamp.js')
    expect(
      files.filter(file =>
        /node\/|server|broker|hub|topic-rules|frame-|classes\/|protocol\/options/.test(file.replace(/^.*node_modules\//, '')),
      ),
    ).toEqual([])
  })

  it('without authentication has no cryptography', async () => {
    const files = await filesOf("export { WampClientProtocol, WampClientFactory, connectWS } from '@autobahn-ts/wamp/v1/browser'")
    expect(files.filter(file => /noble|keys\//.test(file))).toEqual([])
  })

  it('is what the name without a runtime stands for', async () => {
    const names = '{ connectWamp, WampClientFactory, WampClientProtocol, WampCraClientProtocol, RpcError, exportRpc }'
    const files = await filesOf(`export ${names} from '@autobahn-ts/wamp/v1'`)
    expect(files).toContain('packages/wamp/dist/browser/connect-wamp.js')
    expect(files.filter(file => file.startsWith('packages/wamp/dist/node'))).toEqual([])
  })
})

/** The files of which something is in the bundle; where Node's modules were wanted, the bundler fails. */
async function filesOf(contents: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
  })
  return Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs).filter(file => inputs[file]!.bytesInOutput > 0))
}
