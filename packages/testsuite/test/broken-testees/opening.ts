import { createHash } from 'node:crypto'
import { Compression } from './compression.ts'

/** A parsed head of HTTP, or the status that refuses it. */
export interface Head {
  readonly line: string
  /** The fields in order, with names in lower case. */
  readonly fields: readonly (readonly [name: string, value: string])[]
}

/** The answer of a server, and whether it opens the connection. */
export interface Answer {
  readonly octets: string
  readonly opens: boolean
  readonly compression?: Compression | undefined
}

/** The opening handshake of a server without faults. Each method is a habit that a broken testee replaces. */
export class ServerOpening {
  readonly largestHead = 16_384

  answer(text: string): Answer {
    const head = this.parse(text)
    if (head === undefined) return this.refusal(400, 'GET')
    const method = head.line.split(' ')[0] ?? ''
    const status = this.wrongWith(head)
    if (status !== undefined) return this.refusal(status, method)
    return this.acceptance(head)
  }

  parse(text: string): Head | undefined {
    const [line = '', ...rest] = text.replace(/^(\r\n)+/, '').split('\r\n')
    const fields = rest.map(each => /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t -~\x80-\xff]*?)[ \t]*$/.exec(each))
    if (fields.includes(null)) return undefined
    return { line, fields: fields.map(match => [match![1]!.toLowerCase(), match![2]!]) }
  }

  /** Returns the status for a wrong request. */
  wrongWith(head: Head): number | undefined {
    const length = values(head, 'content-length')
    if (this.isWrongLine(head.line) || this.isWrongHost(values(head, 'host'))) return 400
    if (values(head, 'transfer-encoding').length > 0 || length.some(value => value !== '0')) return 400
    if (!tokens(head, 'upgrade').includes('websocket') || !tokens(head, 'connection').includes('upgrade')) return 426
    if (this.isWrongVersion(values(head, 'sec-websocket-version'))) return 426
    if (this.isWrongKey(values(head, 'sec-websocket-key'))) return 400
    if (tokens(head, 'sec-websocket-protocol').some(each => !/^[\w.-]*$/.test(each))) return 400
    return extensionsOf(values(head, 'sec-websocket-extensions').join(',')) === undefined ? 400 : undefined
  }

  isWrongLine(line: string): boolean {
    return !/^GET (\/|http:\/\/[\w.:-]+\/)[!"$-~]*(?<!#.*) HTTP\/1\.[1-9]$/.test(line)
  }

  isWrongHost(hosts: readonly string[]): boolean {
    return hosts.length !== 1 || !/^[\w.-]+(:\d+)?$/.test(hosts[0] ?? '')
  }

  isWrongVersion(versions: readonly string[]): boolean {
    return versions.length !== 1 || versions[0] !== '13'
  }

  isWrongKey(keys: readonly string[]): boolean {
    return keys.length !== 1 || !/^[A-Za-z0-9+/]{22}==$/.test(keys[0] ?? '')
  }

  refusal(status: number, method: string): Answer {
    const upgrade = status === 426 ? 'Upgrade: websocket\r\n' : ''
    const head = `HTTP/1.1 ${status} No\r\n${upgrade}Sec-WebSocket-Version: 13\r\nContent-Length: 2\r\nConnection: close${upgrade === '' ? '' : ', Upgrade'}\r\n\r\n`
    return { octets: method === 'HEAD' ? head : `${head}no`, opens: false }
  }

  acceptance(head: Head): Answer {
    const agreed = this.agree(values(head, 'sec-websocket-extensions').join(','))
    const lines = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${this.accept(values(head, 'sec-websocket-key')[0] ?? '')}`,
      ...(agreed === undefined ? [] : [`Sec-WebSocket-Extensions: ${agreed.answer}`]),
      ...this.more(),
    ]
    return { octets: `${lines.join('\r\n')}\r\n\r\n`, opens: true, compression: agreed?.compression }
  }

  accept(key: string): string {
    return acceptOf(key)
  }

  /** Returns further lines, which a server without faults does not need. */
  more(): string[] {
    return []
  }

  /** Accepts the first offer that may be accepted (RFC 7692 §7.1). */
  agree(header: string): { readonly answer: string; readonly compression: Compression } | undefined {
    const offer = (extensionsOf(header) ?? []).find(each => each.name === 'permessage-deflate' && this.isOffer(each.parameters))
    if (offer === undefined) return undefined
    const asked = new Map(offer.parameters)
    const serverBits = asked.get('server_max_window_bits')
    const clientBits = asked.get('client_max_window_bits')
    const answer = [
      'permessage-deflate',
      ...(asked.has('server_no_context_takeover') ? ['server_no_context_takeover'] : []),
      ...(asked.has('client_no_context_takeover') ? ['client_no_context_takeover'] : []),
      ...(serverBits === undefined ? [] : [`server_max_window_bits=${serverBits}`]),
      ...(clientBits === undefined || clientBits === true ? [] : [`client_max_window_bits=${clientBits}`]),
    ].join('; ')
    const own = { windowBits: Number(serverBits ?? 15), keepsContext: !asked.has('server_no_context_takeover') }
    const peer = { windowBits: 15, keepsContext: !asked.has('client_no_context_takeover') }
    return { answer, compression: this.compression(own, peer) }
  }

  isOffer(parameters: Parameters): boolean {
    return isRight(parameters, true)
  }

  compression(...parts: ConstructorParameters<typeof Compression>): Compression {
    return new Compression(...parts)
  }
}

/** The opening handshake of a client without faults. */
export class ClientOpening {
  readonly largestHead = 16_384
  readonly key: string = Buffer.from('a sound testee !').toString('base64')
  readonly offer: string = 'permessage-deflate; client_max_window_bits'

  request(host: string, resource: string): string {
    const lines = [
      `GET ${resource} HTTP/1.1`,
      `Host: ${host}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${this.key}`,
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Extensions: ${this.offer}`,
    ]
    return `${lines.join('\r\n')}\r\n\r\n`
  }

  /** Reads a response. Returns `wait` if another one follows, and nothing if it fails the connection. */
  opened(text: string): { readonly compression?: Compression } | 'wait' | undefined {
    const head = this.parse(text)
    if (head === undefined) return undefined
    if (/^HTTP\/1\.1 (100|102|103) /.test(head.line)) return 'wait'
    if (this.isWrongLine(head.line)) return undefined
    if (this.isWrongUpgrade(head) || this.isWrongAccept(values(head, 'sec-websocket-accept'))) return undefined
    if (this.isWrongProtocol(values(head, 'sec-websocket-protocol'))) return undefined
    return this.agreed(values(head, 'sec-websocket-extensions'))
  }

  parse(text: string): Head | undefined {
    const [line = '', ...rest] = text.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')
    const fields = rest.map(each => /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*:[ \t]*([\t -~\x80-\xff]*?)[ \t]*$/.exec(each))
    if (fields.includes(null)) return undefined
    return { line, fields: fields.map(match => [match![1]!.toLowerCase(), match![2]!]) }
  }

  isWrongLine(line: string): boolean {
    return !/^HTTP\/1\.1 101( |$)/.test(line)
  }

  isWrongUpgrade(head: Head): boolean {
    return values(head, 'upgrade').join(',').toLowerCase() !== 'websocket' || !tokens(head, 'connection').includes('upgrade')
  }

  isWrongAccept(accepts: readonly string[]): boolean {
    return accepts.length !== 1 || accepts[0] !== acceptOf(this.key)
  }

  isWrongProtocol(protocols: readonly string[]): boolean {
    return protocols.length > 0
  }

  agreed(headers: readonly string[]): { readonly compression?: Compression } | undefined {
    if (headers.length === 0) return {}
    const [extension, ...others] = extensionsOf(headers.join(',')) ?? []
    if (extension === undefined || others.length > 0 || extension.name !== 'permessage-deflate' || !this.isAnswer(extension.parameters))
      return undefined
    const given = new Map(extension.parameters)
    const own = { windowBits: Number(given.get('client_max_window_bits') ?? 15), keepsContext: !given.has('client_no_context_takeover') }
    const peer = { windowBits: 15, keepsContext: !given.has('server_no_context_takeover') }
    return { compression: this.compression(own, peer) }
  }

  isAnswer(parameters: Parameters): boolean {
    return isRight(parameters, false)
  }

  compression(...parts: ConstructorParameters<typeof Compression>): Compression {
    return new Compression(...parts)
  }
}

export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

type Parameters = readonly (readonly [name: string, value: string | true])[]

function isRight(parameters: Parameters, isOffer: boolean): boolean {
  if (new Set(parameters.map(([name]) => name)).size !== parameters.length) return false
  return parameters.every(([name, value]) => {
    if (/^(server|client)_no_context_takeover$/.test(name)) return value === true
    if (!/^(server|client)_max_window_bits$/.test(name)) return false
    return value === true ? isOffer && name.startsWith('client') : /^([89]|1[0-5])$/.test(value)
  })
}

/** Reads the extensions of a header; returns nothing if it cannot be read. */
function extensionsOf(header: string): { readonly name: string; readonly parameters: Parameters }[] | undefined {
  const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
  const one = new RegExp(`^[ \\t]*(${token})((?:[ \\t]*;[ \\t]*${token}(?:[ \\t]*=[ \\t]*(?:${token}|"(?:[^"\\\\]|\\\\.)*"))?)*)[ \\t]*$`)
  const parts = header.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+|"/g) ?? []
  const extensions: { name: string; parameters: Parameters }[] = []
  for (const part of parts) {
    if (part.trim() === '') continue
    const [, name, rest = ''] = one.exec(part) ?? []
    if (name === undefined) return undefined
    const each = new RegExp(`(${token})(?:[ \\t]*=[ \\t]*("?)([^";]*)"?)?`, 'g')
    extensions.push({ name, parameters: [...rest.matchAll(each)].map(match => [match[1]!, match[3] ?? true]) })
  }
  return extensions
}

function values({ fields }: Head, name: string): string[] {
  return fields.filter(field => field[0] === name).map(field => field[1])
}

function tokens(head: Head, name: string): string[] {
  return values(head, name).flatMap(value => value.split(',').map(each => each.trim().toLowerCase()))
}
