/**
 * Returns the package.json that is published, made from that of the repository: with the addresses that npm shows where the repository is known, and
 * without what only the repository needs.
 *
 * @param {Readonly<Record<string, unknown>>} manifest
 * @param {object} place
 * @param {string} place.directory the package's folder in the repository
 * @param {import('./repository.mjs').Repository | undefined} place.repository
 * @returns {Record<string, unknown>}
 */
export function publishedManifest(manifest, { directory, repository }) {
  const { private: _, scripts, devDependencies, ...kept } = manifest
  if (repository === undefined) return kept
  const { url, web } = repository
  const addresses = {
    homepage: `${web}/tree/HEAD/${directory}#readme`,
    bugs: { url: `${web}/issues` },
    repository: { type: 'git', url, directory },
  }
  return inserted(kept, 'license', addresses)
}

/**
 * Returns an object with more properties before one of its own, so that a reader of the file finds them in the usual order.
 *
 * @param {Record<string, unknown>} object
 * @param {string} name
 * @param {Record<string, unknown>} more
 */
function inserted(object, name, more) {
  const entries = Object.entries(object)
  const index = entries.findIndex(([key]) => key === name)
  const at = index === -1 ? entries.length : index
  return Object.fromEntries([...entries.slice(0, at), ...Object.entries(more), ...entries.slice(at)])
}
