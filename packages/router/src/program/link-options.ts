import { type AuthMethod, cryptosign, JsonSerializer, type Serializer, scram, ticket, wampcra } from '@autobahn-ts/wamp'
import { CborSerializer, MsgpackSerializer, type Uri } from '@autobahn-ts/wamp/protocol'
import type { LinkConfig } from '../config/router-config.ts'
import type { LinkRouterOptions } from '../node/link-router.ts'
import { contentOf } from './listen-options.ts'

/** Makes the options of a link out of its config, and reads the file that it names. Throws `ApiMisuse` for one that cannot be read. */
export function linkOptionsOf(realm: Uri, config: LinkConfig): LinkRouterOptions {
  const { realm: remoteRealm, auth, serializer = 'json', ca, events, calls, maxHops } = config
  return {
    realm,
    ...(remoteRealm !== undefined && { remoteRealm }),
    connect: {
      ...(auth && { auth: authMethodOf(auth) }),
      serializers: [serializers[serializer]()],
      ...(ca !== undefined && { transport: { tls: { ca: contentOf(ca) } } }),
    },
    ...(events && { events }),
    ...(calls && { calls }),
    ...(maxHops !== undefined && { maxHops }),
  } as LinkRouterOptions
}

function authMethodOf({ method, authid, secret }: NonNullable<LinkConfig['auth']>): AuthMethod {
  return method === 'cryptosign' ? cryptosign(secret, { authid }) : passwords[method](authid, secret)
}

const passwords = { ticket, wampcra, scram }

const serializers: { readonly [name in NonNullable<LinkConfig['serializer']>]: () => Serializer } = {
  json: () => new JsonSerializer(),
  msgpack: () => new MsgpackSerializer(),
  cbor: () => new CborSerializer(),
}
