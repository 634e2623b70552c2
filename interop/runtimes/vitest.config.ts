import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['interop/runtimes/*.test.ts'],
    testTimeout: 30_000,
    reporters: ['default', ['json', { outputFile: '.reports/runtimes.json' }]],
  },
})
