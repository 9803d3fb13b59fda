export { base64Text, bytesOf, concatBytes, latin1Bytes, latin1Text, utf8Bytes, utf8Text } from './bytes.ts'
export { canonicalJson, jsonText, sha256, type Json } from './canonical-json.ts'
export { counted } from './counted.ts'
export { csrFromPairs, csrHas, transposeCsr, type Csr } from './csr.ts'
export { badData, fileError, IndistinctError, usageError, WouldHarmError, type ErrorCode } from './errors.ts'
export { isRoundedId, spellingHint } from './ids.ts'
export { lineEnds } from './line-ends.ts'
export { checkLabels, classCounts, encodeLabels, labelledRows, type Labels } from './labels.ts'
export { takeLock, type LockOptions } from './lock-file.ts'
export { checkMatrix, copyMatrix, gatherRows, matrix, rowOf, sideBySide, type Matrix } from './matrix.ts'
export { checkCount, checkOptions, type OptionKinds } from './options.ts'
export { parseJson } from './parse-json.ts'
export { refuseExisting } from './place-file.ts'
export { choleskyFactor, choleskySolve, positiveInverse } from './positive-definite.ts'
export { randomFrom, randomStream, shuffle, type Random } from './random.ts'
export { descendingEigen, jacobiEigen, type SymmetricEigen } from './jacobi-eigen.ts'
export {
  commitFiles,
  createFile,
  stageFile,
  writeFileAtomic,
  writeFiles,
  type FileWriter,
  type StagedFile,
  type WriteOptions,
} from './write-file.ts'
