import { SimdMasker } from '../../bytes/simd-masker.ts'
import { fastPathsAreOn } from './fast-paths.ts'

/** Masking with SIMD, where the runtime has it. */
export const nodeMasker: SimdMasker | undefined = fastPathsAreOn ? SimdMasker.create() : undefined
