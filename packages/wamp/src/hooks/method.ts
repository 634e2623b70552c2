/** A function with any arguments, such as a method that a decorator receives. */
// biome-ignore lint/suspicious/noExplicitAny: parameters are checked where the function is written, not here
export type Method = (this: any, ...args: any[]) => unknown

/**
 * Looks up a method by its name, also on the prototype chain. The result may be any value; `checkProcedure` and `TopicRules.add` check it.
 */
export function methodOf(object: object, method: Method | string): Method {
  return typeof method === 'string' ? (Reflect.get(object, method) as Method) : method
}
