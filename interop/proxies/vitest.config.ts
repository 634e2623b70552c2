import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['interop/proxies/*.test.ts'],
    testTimeout: 30_000,
    reporters: ['default', ['json', { outputFile: '.reports/proxies.json' }]],
  },
})
