import { unknownOption } from '@autobahn-ts/websocket/portable'
import { jsonSchema } from './json-schema.ts'

/** The parts of a JSON schema that say which options an object has. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

/** Returns the options that the object at a path of the config may have. */
export function optionsAt(path: readonly PropertyKey[]): string[] {
  let schemas: readonly Schema[] = [jsonSchema()]
  for (const name of path) schemas = schemas.flatMap(alternatives).flatMap(schema => memberOf(schema, name))
  return schemas.flatMap(alternatives).flatMap(({ properties = {} }) => Object.keys(properties))
}

/** Returns the places of the config where there is an option of this name: `listeners[…].port`. */
export function placesOf(option: string): string[] {
  return [...everyPlace(jsonSchema(), '')].filter(place => place.endsWith(`.${option}`) || place === option)
}

/** Asks whether the nearest of some names was meant, as errors about options of programs do; `undefined` where none is near. */
export function nearestHint(name: string, names: readonly string[]): string | undefined {
  return /did you mean .*\?$/.exec(unknownOption(name, names))?.[0]
}

function memberOf(schema: Schema, name: PropertyKey): readonly Schema[] {
  if (typeof name === 'number') return schema.items === undefined ? [] : [schema.items]
  const { properties = {}, additionalProperties } = schema
  const member = Object.hasOwn(properties, name) ? properties[String(name)] : additionalProperties
  return typeof member === 'object' ? [member] : []
}

function* everyPlace(schema: Schema, place: string): Generator<string> {
  for (const { properties = {}, additionalProperties, items } of alternatives(schema)) {
    for (const [name, member] of Object.entries(properties)) {
      const inner = place === '' ? name : `${place}.${name}`
      yield inner
      yield* everyPlace(member, inner)
    }
    if (typeof additionalProperties === 'object') yield* everyPlace(additionalProperties, `${place}.…`)
    if (items !== undefined) yield* everyPlace(items, `${place}[…]`)
  }
}

function alternatives(schema: Schema): readonly Schema[] {
  return schema.anyOf ?? [schema]
}
