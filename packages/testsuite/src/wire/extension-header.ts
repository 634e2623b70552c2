/** An extension in an offer or an answer: its name and its parameters. A parameter without a value is `true`. */
export interface ExtensionWords {
  readonly name: string
  readonly parameters: readonly (readonly [name: string, value: string | true])[]
}

/**
 * Reads the value of `Sec-WebSocket-Extensions` (RFC 6455 §9.1): names in lower case, values without quotes. Returns a string if the
 * value breaks a rule.
 */
export function readExtensions(value: string): ExtensionWords[] | string {
  const extensions: ExtensionWords[] = []
  for (const text of splitOutsideQuotes(value, ',').filter(part => part !== '')) {
    const [name = '', ...rest] = splitOutsideQuotes(text, ';')
    if (!token.test(name)) return `an extension without a name: ${text.slice(0, 100)}`
    const parameters = rest.map(parameterOf)
    if (parameters.includes(undefined)) return `not a parameter: ${text.slice(0, 100)}`
    extensions.push({ name: name.toLowerCase(), parameters: parameters.filter(each => each !== undefined) })
  }
  return extensions
}

/** Writes extensions as the value of `Sec-WebSocket-Extensions`. */
export function writeExtensions(extensions: readonly ExtensionWords[]): string {
  return extensions
    .map(({ name, parameters }) => [name, ...parameters.map(([key, value]) => (value === true ? key : `${key}=${value}`))].join('; '))
    .join(', ')
}

function parameterOf(text: string): readonly [string, string | true] | undefined {
  const [, name, value] = parameter.exec(text) ?? []
  return name === undefined ? undefined : [name.toLowerCase(), value === undefined ? true : value.replaceAll('"', '')]
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts = ['']
  let isQuoted = false
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted
    if (character === separator && !isQuoted) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts.map(part => part.trim())
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const parameter = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?:\s*=\s*("?[!#$%&'*+\-.^_`|~0-9A-Za-z]+"?))?$/
