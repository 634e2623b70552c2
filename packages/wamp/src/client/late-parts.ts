import { Callee } from '../session/callee.ts'
import type { Late } from '../session/late.ts'
import { checkedProcedure, checkedSubscriber } from './checked-handlers.ts'

/** The parts of a client that pages load with their first use: by `register`, and by schemas. */
export interface LateParts {
  readonly Callee: typeof Callee
  readonly checkedProcedure: typeof checkedProcedure
  readonly checkedSubscriber: typeof checkedSubscriber
}

export const lateParts: LateParts = { Callee, checkedProcedure, checkedSubscriber }

/** The parts of a client that has loaded all of them at once. */
export const partsAtHand: Late<LateParts> = { loaded: lateParts, load: async () => lateParts }
