import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { wampOptions } from '../../src/v1/ports/options.ts'

/** The package as it was built: the repository's root finds it by its name. */
const root = fileURLToPath(new URL('../../../..', import.meta.url))

describe('a bundle for browsers', () => {
  it('has nothing of Node and nothing of the server', async () => {
    const files = await filesOf("export * from '@autobahn-ts/wamp/v1/browser'")
    expect(files).toContain('packages/wamp/dist/browser/connect-wamp.js')
    expect(
      files.filter(file =>
        /node\/|server|broker|subscriptions|topic-rules|frame-|websocket\/dist\/application\/(?!protocol-parts)|protocol\/options\/options/.test(
          file.replace(/^.*node_modules\//, ''),
        ),
      ),
    ).toEqual([])
  })

  it('without authentication has no cryptography', async () => {
    const files = await filesOf("export { WampClientProtocol, WampClientFactory, connectWS } from '@autobahn-ts/wamp/v1/browser'")
    expect(files.filter(file => /noble|keys\//.test(file))).toEqual([])
  })

  it('has no texts that explain options', async () => {
    const { text } = await bundled("export * from '@autobahn-ts/wamp/v1/browser'")
    const explanations = Object.values(wampOptions).flatMap(({ means, because }) => [means, because])
    expect(explanations.filter(explanation => text.includes(explanation))).toEqual([])
  })

  it('is what the name without a runtime stands for', async () => {
    const names = '{ connectWamp, WampClientFactory, WampClientProtocol, WampCraClientProtocol, RpcError, exportRpc }'
    const files = await filesOf(`export ${names} from '@autobahn-ts/wamp/v1'`)
    expect(files).toContain('packages/wamp/dist/browser/connect-wamp.js')
    expect(files.filter(file => file.startsWith('packages/wamp/dist/node'))).toEqual([])
  })
})

/** The files of which something is in the bundle. */
async function filesOf(contents: string): Promise<string[]> {
  return (await bundled(contents)).files
}

/** Bundles as for a page; where Node's modules are imported, the bundler fails. */
async function bundled(contents: string): Promise<{ readonly text: string; readonly files: string[] }> {
  const { metafile, outputFiles } = await build({
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
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs).filter(file => inputs[file]!.bytesInOutput > 0))
  return { text: outputFiles[0]!.text, files }
}
