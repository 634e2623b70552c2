// @ts-check
// Lowers the decorators of decorated-server.ts, and starts it.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const outfile = fileURLToPath(new URL('dist/server.js', import.meta.url))
await build({
  entryPoints: [fileURLToPath(new URL('decorated-server.ts', import.meta.url))],
  outfile,
  target: 'es2022',
  format: 'esm',
  // What esbuild needs to know of the project; that of the repository is not for this.
  tsconfigRaw: {},
})
await import(outfile)
