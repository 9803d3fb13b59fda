/** @file File formats that are recognised in order to be refused with the way out. */

import { extname } from 'node:path'
import { badData } from '@indistinct/core'
import { NPY_MAGIC } from './npy-header.ts'

const PICKLE = 'a pickle runs code when it is loaded, so it is never opened here'

/** What each refused extension is, and the Python that turns it into npy (and CSV ids). */
const REFUSED: Readonly<Record<string, { readonly what: string; readonly snippet: string }>> = {
  '.pkl': { what: PICKLE, snippet: pickle('import pickle; table = pickle.load(open("FILE", "rb"))') },
  '.pickle': { what: PICKLE, snippet: pickle('import pickle; table = pickle.load(open("FILE", "rb"))') },
  '.joblib': { what: `joblib files are pickles: ${PICKLE}`, snippet: pickle('import joblib; table = joblib.load("FILE")') },
  '.pt': { what: `PyTorch files are pickles: ${PICKLE}`, snippet: torch() },
  '.pth': { what: `PyTorch files are pickles: ${PICKLE}`, snippet: torch() },
  '.parquet': {
    what: 'Parquet is not supported yet',
    snippet: 'import pandas; pandas.read_parquet("FILE").to_csv("table.csv", index=False)  # one column per dimension, and an id column',
  },
  '.npz': { what: 'npz is not supported yet', snippet: 'import numpy; archive = numpy.load("FILE"); numpy.save("table.npy", archive[archive.files[0]])' },
  '.safetensors': {
    what: 'safetensors is not supported yet',
    snippet: 'import numpy; from safetensors.numpy import load_file; tensors = load_file("FILE"); print(list(tensors)); numpy.save("table.npy", tensors["NAME"])',
  },
}

function pickle(load: string): string {
  return `import numpy; ${load}; numpy.save("table.npy", numpy.asarray(table, dtype="<f4"))`
}

function torch(): string {
  return 'import numpy, torch; state = torch.load("FILE", weights_only=True, map_location="cpu"); print(list(state)); numpy.save("table.npy", state["NAME"].numpy())'
}

/** Throws where `path` ends as a format that is recognised and not read or written. */
export function refuseExtension(path: string): void {
  const refused = REFUSED[extname(path).toLowerCase()]
  if (refused) throw refusal(path, refused)
}

/** Throws where the first bytes of a supposed text file are those of a binary format. */
export function refuseMagic(head: Uint8Array, path: string): void {
  const start = Buffer.from(head.subarray(0, 8)).toString('latin1')
  if (start.startsWith(NPY_MAGIC)) throw badData(`${path}: expected CSV text, got an npy array; name the file .npy`)
  if (/^\x80[\x02-\x05]/.test(start)) throw refusal(path, REFUSED['.pkl']!)
  if (start.startsWith('PAR1')) throw refusal(path, REFUSED['.parquet']!)
  if (start.startsWith('PK\x03\x04')) {
    throw badData(`${path}: expected CSV text, got a zip archive (npz, xlsx or a PyTorch file); ${how(path, REFUSED['.npz']!.snippet)}`)
  }
}

function refusal(path: string, refused: { readonly what: string; readonly snippet: string }): Error {
  return badData(`${path}: ${refused.what}; ${how(path, refused.snippet)}`)
}

function how(path: string, snippet: string): string {
  return `convert it in Python, where you trust its source, and pass the new file:\n  ${snippet.replace('FILE', () => path)}`
}
