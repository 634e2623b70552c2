/** A function of any arguments: what a method is to a decorator. */
// biome-ignore lint/suspicious/noExplicitAny: parameters are checked where the function is written, not here
export type Method = (this: any, ...args: any[]) => unknown

/** A method is looked up by its name, also on the prototype chain; what is there must be a function, which registering checks. */
export function methodOf(object: object, method: Method | string): Method {
  return typeof method === 'string' ? (Reflect.get(object, method) as Method) : method
}
