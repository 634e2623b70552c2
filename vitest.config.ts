import { transform } from 'esbuild'
import { defineConfig, type Plugin } from 'vitest/config'

/** Vitest's own compiler leaves standard decorators as they are, and no Node runs them. */
const decorators: Plugin = {
  name: 'standard-decorators',
  enforce: 'pre',
  async transform(code, id) {
    if (!id.endsWith('.ts') || !/^\s*@\w+(\(.*\))?\s*$/m.test(code)) return null
    const lowered = await transform(code, { loader: 'ts', target: 'es2022', sourcemap: true, sourcefile: id })
    return { code: lowered.code, map: lowered.map }
  },
}

export default defineConfig({
  plugins: [decorators],
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    // A loaded machine is no fault of the code: what hangs still ends.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default', ['json', { outputFile: '.reports/tests.json' }]],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.d.ts'],
      reporter: ['json-summary', 'json', 'html'],
    },
  },
})
