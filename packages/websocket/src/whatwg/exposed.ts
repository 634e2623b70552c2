/** The form of a class that the platform's standards describe, beyond its code. */
export interface InterfaceShape {
  /** The name of the interface, which `Object.prototype.toString` shows. */
  readonly name: string
  /** The accessors and methods, which are enumerable. */
  readonly members: readonly string[]
  /** Constants of the class and of its objects. */
  readonly constants?: Readonly<Record<string, number>>
}

/**
 * Gives a class the form that Web IDL (§3.7) demands of an interface: members are enumerable, constants cannot be changed and are on the class and on its
 * prototype, and the prototype has the name.
 */
export function exposed<Class extends { readonly prototype: object }>(
  theClass: Class,
  { name, members, constants = {} }: InterfaceShape,
): Class {
  const { prototype } = theClass
  for (const member of members) Object.defineProperty(prototype, member, { enumerable: true })
  for (const [constant, value] of Object.entries(constants)) {
    for (const holder of [theClass, prototype]) Object.defineProperty(holder, constant, { value, enumerable: true })
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true })
  Object.defineProperty(theClass, 'name', { value: name, configurable: true })
  return theClass
}
