/** The entry `@autobahn-ts/wamp/resumption`: sessions that outlive the loss of their transport. */

export type { Resuming } from '../client/resuming.ts'
export type { Detachment, ResumedSession } from './resuming-dial.ts'
export { type ResumptionOptions, resumption, resumptionOptions } from './resumption.ts'
