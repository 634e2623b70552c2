/** The entry `@autobahn-ts/router/testing`. */

export { type MemoryRouter, type MemoryRouterOptions, memoryRouter } from './memory-router.ts'
