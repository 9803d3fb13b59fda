/** @file File formats that are recognised in order to be refused with the way out. */

import { extname } from '@indistinct/core/platform'
import { badData, latin1Text } from '@indistinct/core'
import { requireLocalFile } from './files/local-file.ts'
import { shellWord } from './labels/join-rule.ts'
import { NPY_MAGIC } from './formats/npy/npy-header.ts'

const PICKLE = 'a pickle runs code when it is loaded, so it is never opened here'

/** First bytes of compressed files, and their usual extension. */
const COMPRESSED: readonly (readonly [RegExp, string])[] = [
  [/^\x1f\x8b/, '.gz'],
  [/^BZh[1-9]1AY/, '.bz2'],
  [/^\xfd7zXZ/, '.xz'],
  [/^\x28\xb5\x2f\xfd/, '.zst'],
]

interface Refused {
  readonly what: string
  readonly snippet?: string
  readonly command?: string
}

/** What each refused extension is, and the Python, or the command, that turns it into a file that is read. */
const REFUSED: Readonly<Record<string, Refused>> = {
  '.pkl': { what: PICKLE, snippet: pickle('import pickle; table = pickle.load(open("FILE", "rb"))') },
  '.pickle': { what: PICKLE, snippet: pickle('import pickle; table = pickle.load(open("FILE", "rb"))') },
  '.joblib': {
    what: `joblib files are pickles: ${PICKLE}`,
    snippet: pickle('import joblib; table = joblib.load("FILE")'),
  },
  '.pt': { what: `PyTorch files are pickles: ${PICKLE}`, snippet: torch() },
  '.pth': { what: `PyTorch files are pickles: ${PICKLE}`, snippet: torch() },
  '.h5': { what: 'HDF5 is not supported', snippet: hdf5() },
  '.hdf5': { what: 'HDF5 is not supported', snippet: hdf5() },
  '.feather': { what: 'Arrow files are not supported', snippet: arrow() },
  '.arrow': { what: 'Arrow files are not supported', snippet: arrow() },
  '.ipc': { what: 'Arrow files are not supported', snippet: arrow() },
  '.json': { what: 'JSON is not supported', snippet: json('') },
  '.jsonl': { what: 'JSON is not supported', snippet: json('lines=True, ') },
  '.ndjson': { what: 'JSON is not supported', snippet: json('lines=True, ') },
  '.gz': { what: 'the file is compressed', command: 'gzip -dc' },
  '.bz2': { what: 'the file is compressed', command: 'bzip2 -dc' },
  '.xz': { what: 'the file is compressed', command: 'xz -dc' },
  '.zst': { what: 'the file is compressed', command: 'zstd -dc' },
  '.zip': { what: 'a zip archive may hold many files', command: 'unzip -p' },
  '.xlsx': { what: 'spreadsheets are not supported', snippet: pandas('read_excel("FILE", dtype=str)') },
  '.xls': { what: 'spreadsheets are not supported', snippet: pandas('read_excel("FILE", dtype=str)') },
  '.ods': { what: 'spreadsheets are not supported', snippet: pandas('read_excel("FILE", dtype=str)') },
  '.db': { what: 'databases are not supported', snippet: sqlite() },
  '.sqlite': { what: 'databases are not supported', snippet: sqlite() },
  '.sqlite3': { what: 'databases are not supported', snippet: sqlite() },
  '.duckdb': {
    what: 'databases are not supported',
    snippet: 'import duckdb; duckdb.connect("FILE").table("NAME").write_parquet("table.parquet")',
  },
  '.dta': { what: 'Stata files are not supported', snippet: pandas('read_stata("FILE")') },
  '.sav': { what: 'SPSS files are not supported', snippet: pandas('read_spss("FILE")') },
  '.sas7bdat': { what: 'SAS files are not supported', snippet: pandas('read_sas("FILE", encoding="utf-8")') },
  '.mat': {
    what: 'MATLAB files are not supported',
    snippet:
      'import numpy, scipy.io; file = scipy.io.loadmat("FILE"); print(list(file)); ' +
      'numpy.save("table.npy", file["NAME"])',
  },
  '.avro': {
    what: 'Avro files are not supported',
    snippet: 'import polars; polars.read_avro("FILE").write_parquet("table.parquet")',
  },
  '.orc': {
    what: 'ORC files are not supported',
    snippet: 'import pandas; pandas.read_orc("FILE").to_parquet("table.parquet", index=False)',
  },
  '.fvecs': {
    what: 'fvecs files are not supported',
    snippet:
      'import numpy; raw = numpy.fromfile("FILE", "<i4"); ' +
      'numpy.save("table.npy", raw.reshape(-1, raw[0] + 1)[:, 1:].copy().view("<f4"))',
  },
}

/** First bytes of other binary files under the name of a text file, and their usual extension. */
const BINARY: readonly (readonly [string, string])[] = [
  ['\x89HDF', '.h5'],
  ['SQLite f', '.db'],
  ['MATLAB 5', '.mat'],
  ['<stata_d', '.dta'],
  ['$FL2', '.sav'],
  ['Obj\x01', '.avro'],
  ['ARROW1\0\0', '.arrow'],
  ['\xd0\xcf\x11\xe0', '.xls'],
]

function pickle(load: string): string {
  return `import numpy; ${load}; numpy.save("table.npy", numpy.asarray(table, dtype="<f4"))`
}

function hdf5(): string {
  const open = 'import h5py, numpy; file = h5py.File("FILE", "r")'
  return `${open}; print(list(file)); numpy.save("table.npy", file["NAME"][:])`
}

function arrow(): string {
  return 'import polars; polars.read_ipc("FILE").write_parquet("table.parquet")'
}

function json(how: string): string {
  return pandas(`read_json("FILE", ${how}dtype=False)`)
}

function sqlite(): string {
  return pandas('read_sql("SELECT * FROM NAME", sqlite3.connect("FILE"))').replace('pandas;', 'pandas, sqlite3;')
}

function pandas(read: string): string {
  return `import pandas; pandas.${read}.to_csv("table.csv", index=False)`
}

function torch(): string {
  return (
    'import numpy, torch; state = torch.load("FILE", weights_only=True, map_location="cpu"); print(list(state)); ' +
    'table = state["NAME"]; ' +
    'numpy.save("table.npy", (table.float() if table.dtype == torch.bfloat16 else table).numpy())'
  )
}

/** Throws where `path` is no file of this machine, or ends as a format that is recognised and not read or written. */
export function refuseExtension(path: string): void {
  requireLocalFile(path)
  if (/\.safetensors\.index\.json$/i.test(path))
    throw badData(
      `${path}: it lists the files that the tensors of a model lie in; pass the .safetensors file that it names for ` +
        'the table',
    )
  const refused = REFUSED[extname(path).toLowerCase()]
  if (refused) throw refusal(path, refused)
}

/** Throws where the first bytes of a supposed text file are those of a binary format. */
export function refuseMagic(head: Uint8Array, path: string): void {
  const start = latin1Text(head.subarray(0, 8))
  if (start.startsWith(NPY_MAGIC)) throw badData(`${path}: expected CSV text, got an npy array; name the file .npy`)
  if (/^\x80[\x02-\x05]/.test(start)) throw refusal(path, REFUSED['.pkl']!)
  if (start.startsWith('PAR1')) throw badData(`${path}: expected CSV text, got a Parquet file; name the file .parquet`)
  const compressed = COMPRESSED.find(([magic]) => magic.test(start))
  if (compressed) throw refusal(path, REFUSED[compressed[1]]!)
  const binary = BINARY.find(([magic]) => start.startsWith(magic))
  if (binary) throw refusal(path, REFUSED[binary[1]]!)
  if (start.startsWith('PK\x03\x04'))
    throw badData(
      `${path}: expected CSV text, got a zip archive (npz, xlsx or a PyTorch file); name an npz archive .npz`,
    )
}

function refusal(path: string, { what, snippet, command }: Refused): Error {
  if (command !== undefined) {
    const extension = extname(path)
    // Under its usual name the file has that of its content before the extension; under another, that is its own.
    const usual = extension.toLowerCase() in REFUSED
    const to = usual ? path.slice(0, -extension.length) : `plain${extension}`
    const named = extname(to) === '' ? ', under a name that ends as its format' : ''
    return badData(
      `${path}: ${what}; run "${command} ${shellWord(path)} > ${shellWord(to)}", and pass the new file${named}`,
    )
  }
  return badData(
    `${path}: ${what}; convert it in Python, where you trust its source, and pass the new file:\n  ` +
      snippet!.replace('FILE', () => JSON.stringify(path).slice(1, -1)),
  )
}
