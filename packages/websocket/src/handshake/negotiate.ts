import { heeded } from '../bytes/awaitable.ts'
import type { Extension, ExtensionInstance, ExtensionParameters, NegotiatedExtension } from '../protocol/extending/extension.ts'
import { checkInstance } from '../protocol/extending/extension-faults.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { ApiMisuse, HandshakeFailed } from '../protocol/faults/errors.ts'
import { formatExtension, type OfferedExtension, parseExtensions } from './http/extension-header.ts'
import { quoted } from './http/quoted.ts'

/**
 * Negotiates extensions for a server: asks the configured extensions about each name that the client offers, in the client's order.
 *
 * An extension declines by returning nothing, or by throwing, which is reported to `onError`. An extension whose claims collide with those
 * of an earlier one is left out. Instances that are not used are closed.
 */
export function negotiateExtensions(
  extensions: readonly Extension[],
  offers: readonly OfferedExtension[],
  onError: (error: unknown, extension: Extension) => void = () => {},
): NegotiatedExtension[] {
  const agreed: NegotiatedExtension[] = []
  if (extensions.length === 0 || offers.length === 0) return agreed
  for (const [name, parameters] of groupedByName(offers)) {
    for (const extension of extensions) {
      if (extension.name !== name || agreed.some(one => one.name === name)) continue
      const accepted = attempt(onError, extension, () => accept(extension, parameters, agreed))
      if (accepted !== undefined) agreed.push(accepted)
    }
  }
  return agreed
}

/**
 * Returns a client's value of `Sec-WebSocket-Extensions`; empty where nothing is offered. Throws `ApiMisuse` for names and values that are
 * not tokens.
 */
export function offerExtensions(extensions: readonly Extension[]): string {
  return extensions
    .flatMap(extension => (heeded(extension.offer?.()) ?? []).map(offer => formatExtension(extension.name, offer)))
    .join(', ')
}

/**
 * Makes a client's extension instances for the server's answer. `offered` is the header that was sent.
 *
 * Throws `HandshakeFailed` for an extension that was not offered (RFC 6455 §4.1), is answered twice, does not accept the answer, or
 * collides with another. Instances made until then are closed.
 */
export function confirmExtensions(
  extensions: readonly Extension[],
  offered: string,
  answered: readonly OfferedExtension[],
): NegotiatedExtension[] {
  const names = new Set(parseExtensions(offered).map(offer => offer.name))
  const agreed: NegotiatedExtension[] = []
  try {
    for (const answer of answered) {
      if (!names.has(answer.name)) throw new HandshakeFailed(`extension ${quoted(answer.name)} was not offered`, 101)
      agreed.push(confirm(extensions, answer, agreed))
    }
  } catch (error) {
    for (const { instance } of agreed) instance.close()
    throw error
  }
  return agreed
}

function groupedByName(offers: readonly OfferedExtension[]): Map<string, ExtensionParameters[]> {
  const groups = new Map<string, ExtensionParameters[]>()
  for (const { name, parameters } of offers) {
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [parameters])
    else group.push(parameters)
  }
  return groups
}

function accept(extension: Extension, offers: ExtensionParameters[], agreed: NegotiatedExtension[]): NegotiatedExtension | undefined {
  const accepted = heeded(extension.accept?.(offers))
  if (accepted === undefined) return undefined
  const { parameters, instance } = accepted
  const collides = closedUnless(instance, () => {
    checkClaims(extension.name, instance)
    formatExtension(extension.name, parameters)
    return collision(instance, agreed) !== undefined
  })
  if (!collides) return { name: extension.name, parameters, instance }
  instance.close()
  return undefined
}

function confirm(extensions: readonly Extension[], answer: OfferedExtension, agreed: NegotiatedExtension[]): NegotiatedExtension {
  const { name, parameters } = answer
  if (agreed.some(one => one.name === name)) throw new HandshakeFailed(`extension ${quoted(name)} was answered twice`, 101)
  const extension = extensions.find(one => one.name === name && one.confirm !== undefined)
  if (extension === undefined) throw new HandshakeFailed(`extension ${quoted(name)} cannot be confirmed`, 101)
  const instance = confirmed(extension, parameters)
  return closedUnless(instance, () => {
    checkClaims(name, instance)
    const other = collision(instance, agreed)
    if (other !== undefined)
      throw new HandshakeFailed(`extensions ${quoted(other)} and ${quoted(name)} claim the same bits or opcodes`, 101)
    return { name, parameters, instance }
  })
}

function confirmed(extension: Extension, parameters: ExtensionParameters): ExtensionInstance {
  try {
    return heeded(extension.confirm!(parameters))
  } catch (cause) {
    throw new HandshakeFailed(`extension ${quoted(extension.name)} refuses the server's answer: ${asError(cause).message}`, 101, { cause })
  }
}

/** Returns the name of the agreed extension that claims a bit or opcode which the instance claims too (RFC 6455 §9.1). */
function collision(instance: ExtensionInstance, agreed: readonly NegotiatedExtension[]): string | undefined {
  return agreed.find(({ instance: other }) => {
    return (other.reservedBits & instance.reservedBits) !== 0 || other.opcodes.some(opcode => instance.opcodes.includes(opcode))
  })?.name
}

/** Checks the claims of an instance: there are three reserved bits, and the opcodes 3 to 7 and 11 to 15 (RFC 6455 §5.2). */
function checkClaims(name: string, instance: ExtensionInstance): void {
  checkInstance(name, instance)
  const { reservedBits, opcodes } = instance
  const isBits = Number.isInteger(reservedBits) && reservedBits >= 0 && reservedBits <= 7
  if (!isBits) throw new ApiMisuse(`extension ${quoted(name)} claims reserved bits ${reservedBits}`)
  const taken = opcodes.find(opcode => !reservedOpcodes.has(opcode))
  if (taken !== undefined) throw new ApiMisuse(`extension ${quoted(name)} claims opcode ${taken}`)
}

function closedUnless<T>(instance: ExtensionInstance, work: () => T): T {
  try {
    return work()
  } catch (error) {
    instance?.close?.()
    throw error
  }
}

function attempt<T>(onError: (error: unknown, extension: Extension) => void, extension: Extension, work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    onError(error, extension)
    return undefined
  }
}

const reservedOpcodes: ReadonlySet<number> = new Set([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
