/** Sets a key as a property of the object itself: assigning to `__proto__` would change the prototype. */
export function put(dict: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(dict, key, { value, writable: true, enumerable: true, configurable: true })
  else dict[key] = value
}
