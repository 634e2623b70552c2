/** The entry `@autobahn-ts/wamp/component`: component classes with decorators. */

export { type AttachOptions, attachComponent, type Component } from './attach-component.ts'
export { type MethodDecorator, type ProcedureOptions, procedure, type TopicOptions, topic } from './decorators.ts'
