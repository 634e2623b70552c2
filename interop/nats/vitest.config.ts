import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['interop/nats/*.test.ts', 'packages/nats/test/node/several-processes.test.ts'],
    env: { MEMBERS: '600', NATS_SERVER: 'required' },
    testTimeout: 120_000,
    fileParallelism: false,
    reporters: ['default', ['json', { outputFile: '.reports/nats.json' }]],
  },
})
