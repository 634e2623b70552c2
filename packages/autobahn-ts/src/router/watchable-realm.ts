import type { RouterConfig } from '@autobahn-ts/router'

/**
 * A realm that everybody may join, use and watch: by `autobahn-ts watch` and the meta API. Nobody may end sessions or take away what belongs to others.
 */
export const watchableRealm: RouterConfig['realms'][string] = {
  auth: { anonymous: { role: 'anonymous' } },
  roles: {
    anonymous: {
      permissions: [
        { uri: '', match: 'prefix', allow: { call: true, register: true, publish: true, subscribe: true } },
        { uri: 'wamp.', match: 'prefix', allow: { subscribe: true } },
        ...[
          ...['count', 'list', 'get', 'add_testament', 'flush_testaments', 'get_traffic', 'trace'].map(name => `wamp.session.${name}`),
          ...['list', 'lookup', 'match', 'get', 'list_subscribers', 'count_subscribers', 'get_events'].map(
            name => `wamp.subscription.${name}`,
          ),
          ...['list', 'lookup', 'match', 'get', 'list_callees', 'count_callees'].map(name => `wamp.registration.${name}`),
        ].map(uri => ({ uri, allow: { call: true, subscribe: true } })),
      ],
    },
  },
}
