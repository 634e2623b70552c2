import { availableParallelism } from 'node:os'
import { transform } from 'esbuild'
import { defineConfig, type Plugin } from 'vitest/config'
import { socketTests, testFiles, unitTests } from './test/unit-tests.ts'

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

const unit = unitTests()
const sockets = socketTests()
const shared = new Set([...unit, ...sockets])

export default defineConfig({
  plugins: [decorators],
  test: {
    // By default one less than there are processors, which is one alone where there are two; many tests wait for other processes.
    maxWorkers: availableParallelism(),
    // A loaded machine is no fault of the code: what hangs still ends.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Vitest's own default is one second, which a test that waits for another process exceeds on a busy machine.
    expect: { poll: { timeout: 25_000 } },
    reporters: ['default', './test/progress.ts', ['json', { outputFile: '.reports/tests.json' }]],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.d.ts'],
      reporter: ['json-summary', 'json', 'html'],
    },
    projects: [
      // Starting a process and loading everything again for each file costs more than the tests of most files. The quick ones are first.
      { extends: true, test: { name: 'unit', include: unit, isolate: false, sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: 'sockets', include: sockets, isolate: false, sequence: { groupOrder: 1 } } },
      { extends: true, test: { name: 'isolated', include: testFiles().filter(file => !shared.has(file)), sequence: { groupOrder: 2 } } },
    ],
  },
})
