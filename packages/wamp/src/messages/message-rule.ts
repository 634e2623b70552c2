import type { MessageCode, MessageName, MessageType } from './message-type.ts'
import { dict, type ValueKind } from './value-kinds.ts'

/** The rules of one element of a message. */
export interface ElementRule {
  /** The name that the specification gives it, such as `Options`. */
  readonly name: string
  readonly kind: ValueKind
  /** The keys of a dictionary that WAMP knows; others are kept and mean nothing. */
  readonly keys: Keys
  /** The keys that have to be there. */
  readonly required: readonly string[]
  readonly isOptional: boolean
}

/** The rules of one message: the elements after its code, and whether a payload may follow them. */
export interface MessageRule {
  readonly code: MessageCode
  readonly name: MessageName
  readonly isFromClient: boolean
  readonly isFromRouter: boolean
  readonly elements: readonly ElementRule[]
  /** The number of the elements that have to be there. */
  readonly requiredLength: number
  readonly hasPayload: boolean
}

/** Returns the rules of a message by its code; `undefined` for a code that has none. */
export type MessageRules = (code: unknown) => MessageRule | undefined

type Keys = Readonly<Record<string, ValueKind>>
/** The keys of a type of options, each with its kind: the compiler finds one that is missing here, or there. */
export type KeysOf<Options> = { readonly [key in keyof Options as string extends key ? never : key]-?: ValueKind }

/** Makes the rules of a message that clients send. */
export function fromClient<Name extends MessageName>(
  code: (typeof MessageType)[Name],
  name: Name,
  elements: readonly ElementRule[],
  payload?: 'payload',
): MessageRule {
  return { code, name, isFromClient: true, isFromRouter: false, ...shapeOf(elements, payload) }
}

/** Makes the rules of a message that routers send. */
export function fromRouter<Name extends MessageName>(
  code: (typeof MessageType)[Name],
  name: Name,
  elements: readonly ElementRule[],
  payload?: 'payload',
): MessageRule {
  return { code, name, isFromClient: false, isFromRouter: true, ...shapeOf(elements, payload) }
}

/** Makes the rules of a message that both send. */
export function fromBoth<Name extends MessageName>(
  code: (typeof MessageType)[Name],
  name: Name,
  elements: readonly ElementRule[],
  payload?: 'payload',
): MessageRule {
  return { code, name, isFromClient: true, isFromRouter: true, ...shapeOf(elements, payload) }
}

function shapeOf(
  elements: readonly ElementRule[],
  payload: 'payload' | undefined,
): Pick<MessageRule, 'elements' | 'requiredLength' | 'hasPayload'> {
  return { elements, requiredLength: elements.filter(each => !each.isOptional).length, hasPayload: payload !== undefined }
}

/** Makes the rules of an element. */
export function element(name: string, kind: ValueKind): ElementRule {
  return { name, kind, keys: noKeys, required: [], isOptional: false }
}

/** Makes the rules of a dictionary with these keys. */
export function dictionary<Options>(
  name: string,
  keys: KeysOf<Options>,
  required: readonly (keyof KeysOf<Options> & string)[] = [],
): ElementRule {
  return { name, kind: dict, keys: Object.assign(Object.create(null), keys), required, isOptional: false }
}

/** Makes the rules of an element that may be left out. */
export function optional(rule: ElementRule): ElementRule {
  return { ...rule, isOptional: true }
}

/** Keys have no prototype, so that a key such as `constructor` is not found. */
const noKeys: Keys = /* @__PURE__ */ Object.create(null)
