/**
 * @file Folders of artifacts: written beside their place and renamed into it, so that a killed stage leaves nothing
 * half done.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { jsonText, fileError, matrix, sha256, stageFile, type Csr, type Json, type Matrix } from '@indistinct/core'
import { mayRun } from '@indistinct/core/platform'
import { readNpy, writeNpy } from '@indistinct/embeddings'
import { csrBytes, readCsr } from './csr-file.ts'

/**
 * Names of the artifact's files with their digests: what was damaged or changed in a cache or a store is not believed.
 */
const digestsFile = 'digests.json'

/** An artifact that is being made. Equal content is equal bytes: keys are sorted, and nothing may hold a time. */
export interface ArtifactWriter {
  json(name: string, value: Json): void
  matrix(name: string, value: Matrix): void
  csr(name: string, value: Csr): void
  text(name: string, value: string): void
}

/**
 * Makes the artifact of the node at `root` with `fill`, and puts it in place when `fill` has ended well. One that was
 * there before makes room by another name, and comes back where the new one is refused.
 * @throws IndistinctError 'file' where the disk refuses, and whatever `fill` throws.
 */
export async function makeArtifact(root: string, fill: (artifact: ArtifactWriter) => Promise<void>): Promise<void> {
  const place = join(root, 'artifact')
  const part = join(root, `artifact.${process.pid}.part`)
  const former = join(root, `artifact.${process.pid}.former.part`)
  const digests: Record<string, string> = {}
  const write = (name: string, content: string | Uint8Array): void => {
    const file = stageFile(join(part, name), content)
    file.commit()
    digests[name] = file.sha256
  }
  const refused = (cause: unknown): Error => fileError(`cannot write ${place}: ${(cause as Error).message}`, { cause })
  removeLeftovers(root)
  try {
    try {
      mkdirSync(part, { recursive: true })
    } catch (cause) {
      throw refused(cause)
    }
    await fill({
      json: (name, value) => write(`${name}.json`, jsonText(value, 1)),
      matrix: (name, value) => write(`${name}.npy`, writeNpy([value.rows, value.cols], value.data)),
      csr: (name, value) => write(`${name}.csr`, csrBytes(value)),
      text: write,
    })
    write(digestsFile, jsonText({ ...digests }, 1))
    try {
      if (existsSync(place)) renameSync(place, former)
      renameSync(part, place)
    } catch (cause) {
      if (existsSync(former)) renameSync(former, place)
      throw refused(cause)
    }
    rmSync(former, { recursive: true, force: true })
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
}

/** Removes what runs that were killed have left. */
function removeLeftovers(root: string): void {
  for (const { path } of leftoversOf(root)) rmSync(path, { recursive: true, force: true })
}

/**
 * Removes what the stage at `root` left when its run was stopped. A stage that computes hears no signal handler of its
 * own, so whoever stopped the run calls this. A process that is still ending is waited for, five seconds at most: one
 * that nobody reaps looks alive for ever.
 */
export async function removeStopped(root: string): Promise<void> {
  for (const { path, process } of leftoversOf(root)) {
    for (const until = Date.now() + 5000; mayRun(process) && Date.now() < until;) await setTimeout(20)
    rmSync(path, { recursive: true, force: true })
  }
}

function leftoversOf(root: string): { path: string; process: number }[] {
  return (existsSync(root) ? readdirSync(root) : []).flatMap((name) => {
    const found = /^artifact\.(\d+)(\.former)?\.part$/.exec(name)
    return found ? [{ path: join(root, name), process: Number(found[1]) }] : []
  })
}

/** JSON `name` of the artifact of the node at `root`, taken at its word: it is our own, and unchanged. */
export function readJsonOf<T>(root: string, name: string): T {
  return JSON.parse(Buffer.from(read(root, `${name}.json`)).toString('utf8')) as T
}

/** Matrix `name` of the artifact of the node at `root`. */
export function readMatrixOf(root: string, name: string): Matrix {
  const path = `${name}.npy`
  const array = readNpy(read(root, path), join(root, 'artifact', path))
  return matrix(array.shape[0]!, array.shape[1]!, array.data as Float32Array)
}

/** Sparse matrix `name` of the artifact of the node at `root`. */
export function readCsrOf(root: string, name: string): Csr {
  const path = `${name}.csr`
  return readCsr(read(root, path), join(root, 'artifact', path))
}

/** Text `name` of the artifact of the node at `root`. */
export function readTextOf(root: string, name: string): string {
  return Buffer.from(read(root, name)).toString('utf8')
}

/** Matrices in folder `folder` of the artifact of the node at `root`, by name, in the order of their names. */
export function readMatricesOf(root: string, folder: string): Record<string, Matrix> {
  const names = readdirSync(join(root, 'artifact', folder))
    .filter((name) => name.endsWith('.npy'))
    .map((name) => name.slice(0, -4))
    .sort()
  return Object.fromEntries(names.map((name) => [name, readMatrixOf(root, `${folder}/${name}`)]))
}

/** The file `name` of the artifact, as its stage wrote it. */
function read(root: string, name: string): Uint8Array {
  const path = join(root, 'artifact', name)
  const bytes = bytesAt(path)
  const expected = (
    JSON.parse(Buffer.from(bytesAt(join(root, 'artifact', digestsFile))).toString('utf8')) as { [name: string]: string }
  )[name]
  const found = sha256(bytes)
  if (found !== expected) {
    throw fileError(
      `${path}: expected ${expected === undefined ? 'no such file' : `sha256 ${expected}`}, as its stage wrote ` +
        `it, got sha256 ${found}; the cache or the store was damaged or changed: run again with --fresh, or remove ` +
        'the cell from the store',
    )
  }
  return bytes
}

function bytesAt(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw fileError(`cannot read ${path}: ${(cause as Error).message}; run the grid again, it makes what is missing`, {
      cause,
    })
  }
}
