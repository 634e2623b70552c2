import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['interop/frameworks/*.test.ts'],
    testTimeout: 30_000,
    reporters: ['default', ['json', { outputFile: '.reports/frameworks.json' }]],
  },
})
