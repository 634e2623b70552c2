import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { obstacle } from './unit-tests.ts'

/**
 * Runs test files that start programs or browsers before all others of their group. They take longest, and one that began last would go on alone after the others have
 * ended.
 */
export class ProgramsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return [...sorted.filter(startsPrograms), ...sorted.filter(file => !startsPrograms(file))]
  }
}

function startsPrograms({ moduleId, project }: TestSpecification): boolean {
  return obstacle(relative(project.config.root, moduleId), /^(?!.* imports (?:node:child_process|playwright-core)$)/) !== undefined
}
