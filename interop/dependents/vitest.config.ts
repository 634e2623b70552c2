import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['interop/dependents/*.test.ts'],
    testTimeout: 120_000,
    reporters: ['default', ['json', { outputFile: '.reports/dependents.json' }]],
  },
})
