/** Tells whether a value is a dictionary: an object without a class. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  // objects of another realm, such as a frame or `node:vm`, have another `Object.prototype`
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null
}
