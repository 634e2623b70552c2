import { readFile } from 'node:fs/promises'
import { BadConfig } from './config.ts'

/**
 * Reads the files that a configuration names, and returns their contents under the same names. Rejects with `BadConfig`, which names the
 * file.
 */
export async function pemOf<Name extends string>(
  files: { readonly [name in Name]?: string | undefined },
): Promise<{ [name in Name]?: Buffer }> {
  const contents: { [name in Name]?: Buffer } = {}
  for (const name of Object.keys(files) as Name[]) {
    const file = files[name]
    if (file !== undefined) contents[name] = await contentOf(name, file)
  }
  return contents
}

async function contentOf(name: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    throw new BadConfig(`the file ${file} of ${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
