// @ts-check
// Compiles the decorators of decorated-server.ts, and starts it.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const outfile = fileURLToPath(new URL('dist/server.js', import.meta.url))
await build({
  entryPoints: [fileURLToPath(new URL('decorated-server.ts', import.meta.url))],
  outfile,
  target: 'es2022',
  format: 'esm',
  // The compiler options that esbuild needs; those of the repository do not apply to this file.
  tsconfigRaw: {},
})
await import(outfile)
