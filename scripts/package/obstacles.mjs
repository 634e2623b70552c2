/**
 * Lists what stands in the way of a release, each in words; empty where nothing does.
 *
 * @param {string} tag `v1.2.3`
 * @param {object} state
 * @param {readonly { name: string, version: string, dependencies?: Record<string, string> }[]} state.manifests the package.json of each package
 * @param {string} state.changelog
 * @param {object | undefined} state.repository
 * @returns {string[]}
 */
export function obstaclesTo(tag, { manifests, changelog, repository }) {
  const version = tag.replace(/^v/, '')
  const ours = new Set(manifests.map(({ name }) => name))
  const obstacles = []
  if (!/^v\d+\.\d+\.\d+(-[\w.]+)?$/.test(tag)) obstacles.push(`the tag ${tag} is not a version such as v1.2.3`)
  for (const manifest of manifests) {
    if (manifest.version !== version) obstacles.push(`${manifest.name} has the version ${manifest.version}, and the tag is ${tag}`)
    for (const [name, wanted] of Object.entries(manifest.dependencies ?? {}))
      if (ours.has(name) && wanted !== version) obstacles.push(`${manifest.name} depends on ${name} ${wanted}, and the tag is ${tag}`)
  }
  const section = changelog.split('\n').find(line => line.startsWith('## ') && line.split(/[\s,]+/).includes(version))
  if (section === undefined) obstacles.push(`CHANGELOG.md has no section for ${version}`)
  else if (section.includes('unreleased')) obstacles.push(`CHANGELOG.md says "${section}"`)
  if (repository === undefined) obstacles.push('the remote "origin" is not a public repository, which the packages have to name')
  return obstacles
}
