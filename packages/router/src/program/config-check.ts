import { createServer } from 'node:http'
import { createSecureContext } from 'node:tls'
import type { ListenerConfig, RouterConfig } from '../config/router-config.ts'
import { createRouter } from '../node/create-router.ts'
import { attach } from '../node/listening/attach.ts'
import { checkListenOptions } from '../node/listening/listen-options.ts'
import { withTlsOptions } from '../node/listening/with-tls-options.ts'
import type { Router } from '../router/router.ts'
import { listenOptionsOf } from './listen-options.ts'
import { realmOptionsOf } from './realm-options.ts'
import { checkedLink } from './router-links.ts'

/**
 * Checks everything about a config that the schema does not, and that does not need a network: permissions, histories, links, origins, and the files of
 * certificates, among others. Throws `ApiMisuse` for the first mistake; a router by this config would not start.
 */
export function checkConfig(config: RouterConfig): void {
  // a router of its own, so that what checks is what realms and listeners are made by
  const router = createRouter({ realms: {} })
  for (const listener of config.listeners ?? []) checkListener(router, listener)
  for (const [name, realm] of Object.entries(config.realms)) {
    router.addRealm(
      name,
      realmOptionsOf(realm, unasked, () => 0),
    )
    router.removeRealm(name)
    for (const link of realm.links ?? []) checkedLink(name, link)
  }
}

function checkListener(router: Router, config: ListenerConfig): void {
  const options = listenOptionsOf(config)
  checkListenOptions(options)
  const { path, longPoll, websocket, tls } = options
  // a server that never listens
  attach(router, createServer(), {
    ...(path !== undefined && { path }),
    ...(longPoll !== undefined && { longPoll }),
    ...(websocket && { websocket }),
  })
  if (tls === undefined) return
  withTlsOptions(() => createSecureContext(tls), tls)
}

/** Stands in place of the procedures that decide: nobody joins the realms of a check. */
function unasked(): Promise<never> {
  return Promise.reject(new Error('a check asks nobody'))
}
