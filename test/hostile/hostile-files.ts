/** @file All hostile files. */

import { csvFiles } from './csv-files.ts'
import type { HostileFile } from './hostile-file.ts'
import { npyFiles } from './npy-files.ts'
import { npzFiles } from './npz-files.ts'
import { numberFiles } from './number-files.ts'
import { parquetFiles } from './parquet-files.ts'
import { safetensorsFiles } from './safetensors-files.ts'

export const hostileFiles: readonly HostileFile[] = [
  ...npyFiles,
  ...npzFiles,
  ...safetensorsFiles,
  ...csvFiles,
  ...parquetFiles,
  ...numberFiles,
]
