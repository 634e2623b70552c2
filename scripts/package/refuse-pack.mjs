// The script `prepack` of each package: refuses `npm pack` in its folder, and names the command that packs what is published (decision 145).
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
console.error(`
${process.env.npm_package_name} is not packed in its folder, because what is published is bundled from it.

  npm run pack --prefix ${root}

builds all packages, writes their tarballs to ${root}.packed, and prints how to install them. A release is scripts/release.mjs.
`)
process.exit(1)
