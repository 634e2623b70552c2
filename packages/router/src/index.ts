/** The entry `@autobahn-ts/router`. */

export type { RealmOptions, Router, RouterOptions, RouterWorld } from './router.ts'
