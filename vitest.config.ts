import { availableParallelism } from 'node:os'
import { transform } from 'esbuild'
import { defineConfig, type Plugin, type TestProjectInlineConfiguration } from 'vitest/config'
import { ProgramsFirst } from './test/programs-first.ts'
import { sharedTests, testFiles, unitTests } from './test/unit-tests.ts'

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
const shared = sharedTests()
const all = testFiles()
const isolated = all.filter(file => !unit.includes(file) && !shared.includes(file))

/**
 * Makes a project of some test files, by naming those that it leaves out. Vitest compares each source with all patterns of `include` when it counts the coverage; with a
 * pattern for each of a thousand files, that took 15 seconds.
 */
function project(name: string, files: readonly string[], settings: TestProjectInlineConfiguration['test']) {
  const include = ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts']
  return { extends: true as const, test: { name, include, exclude: all.filter(file => !files.includes(file)), ...settings } }
}

/** One more than there are processors, because many of these tests wait for other processes. */
const maxWorkers = availableParallelism() + 1

export default defineConfig({
  plugins: [decorators],
  test: {
    // By default one less than there are processors, which is one alone where there are two.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: ProgramsFirst },
    // Files that share a process find nothing that another one has put in the place of a function, a global or a variable of the environment.
    restoreMocks: true,
    unstubGlobals: true,
    unstubEnvs: true,
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
      project('unit', unit, { isolate: false, sequence: { groupOrder: 0 } }),
      project('shared', shared, { isolate: false, maxWorkers, sequence: { groupOrder: 1 } }),
      project('isolated', isolated, { maxWorkers, sequence: { groupOrder: 1 } }),
    ],
  },
})
