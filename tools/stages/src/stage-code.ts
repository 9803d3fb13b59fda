/**
 * @file What a stage's result depends on besides parameters and upstream artifacts: sources, registry packages, data
 * files.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson, sha256, type Json } from '@indistinct/core'
import { componentPlaces, type ComponentKind, type ComponentPlace } from './component-place.ts'
import { importGraph, type Loaded } from './import-graph.ts'
import { componentsOf } from './stage-components.ts'
import type { Stage, StageNode } from './stage.ts'

/** The frame that every runner runs in, and the runner. */
function runnerFiles(stage: Stage): string[] {
  const sources = 'apps/experiments/src'
  return [`${sources}/run-stage.ts`, `${sources}/stages/${stage}.ts`]
}

/** What runs them all: it blanks types out, and leads imports. */
const loader = ['tools/loader/src/register.js']

/** The data files that a prepare stage reads: those of the known data set `name`, or the user's own `files`, as csv. */
export function dataOf(node: StageNode): { readonly name: string; readonly files: readonly string[] } | undefined {
  if (node.stage !== 'prepare') return undefined
  const { name, options } = node.parameters['dataset'] as { name: string; options: { [name: string]: unknown } }
  if (name === 'synthetic') return undefined
  const { interactions, attributes } = options
  if (interactions === undefined) return { name, files: [] }
  return { name: 'csv', files: [interactions, attributes].filter((value) => typeof value === 'string') }
}

/**
 * Variables of the environment that change what a node gives: which XGBoost attacks with, and what TensorFlow.js runs
 * on. A figure attacks too where it names attackers.
 */
export function outerVariables({ stage, parameters }: StageNode): readonly string[] {
  if (['attack', 'held', 'calibrate'].includes(stage) || (stage === 'figure' && parameters['attackers'] !== undefined))
    return ['INDISTINCT_XGBOOST', 'XGBOOST_LIB']
  return parameters['engine'] === undefined ? [] : ['INDISTINCT_TFJS_BACKEND']
}

export interface StageCode extends Loaded {
  /** SHA-256 over the bytes of the files, and the locked versions of the packages with all that they bring. */
  readonly digest: string
}

/**
 * A function that gives the code that a node's stage runs: its runner, the components that it names, and what these
 * load. Whatever else changes, the stage need not run again. Sources are read once.
 */
export function stageCodes(
  workspaceRoot: string,
): (node: StageNode, byId: ReadonlyMap<string, StageNode>) => StageCode {
  const graph = importGraph(workspaceRoot)
  const digests = new Map<string, string>()
  const codes = new Map<string, StageCode>()
  const digestOf = (file: string): string => {
    if (!digests.has(file)) digests.set(file, sha256(readFileSync(join(workspaceRoot, file))))
    return digests.get(file)!
  }
  const lock = lockOf(workspaceRoot)
  const places = new Map<ComponentKind, ReadonlyMap<string, ComponentPlace>>()
  const placesOf = (kind: ComponentKind): ReadonlyMap<string, ComponentPlace> => {
    if (!places.has(kind)) places.set(kind, componentPlaces(kind, workspaceRoot))
    return places.get(kind)!
  }
  return (node, byId) => {
    const components = componentsOf(node, byId).flatMap(({ kind, name }) => {
      const place = placesOf(kind).get(name)
      return place ? [{ kind, component: name, ...place }] : []
    })
    const entries = [...loader, ...runnerFiles(node.stage), ...components.map(({ file }) => file)]
    const key = canonicalJson([node.stage, components])
    const known = codes.get(key)
    if (known) return known
    const { files, external } = graph.loadedBy(entries)
    const installed = external.filter((name) => lock[`node_modules/${name}`] !== undefined)
    const digest = sha256(
      canonicalJson([components, files.map((file) => [file, digestOf(file)]), lockedVersions(installed, lock)] as Json),
    )
    const code = { files, external: installed, digest }
    codes.set(key, code)
    return code
  }
}

interface LockEntry {
  readonly version?: string
  readonly integrity?: string
  readonly dependencies?: { readonly [name: string]: string }
}

type Lock = { readonly [path: string]: LockEntry }

function lockOf(workspaceRoot: string): Lock {
  const { packages } = JSON.parse(readFileSync(join(workspaceRoot, 'package-lock.json'), 'utf8')) as { packages: Lock }
  return packages
}

function lockedVersions(names: readonly string[], packages: Lock): string[] {
  const seen = new Set<string>()
  const collect = (name: string, from: string): void => {
    // As Node looks a package up: in the folder that asks, then above it.
    let folder = from
    while (packages[`${folder}node_modules/${name}`] === undefined) {
      if (folder === '') return
      folder = folder.slice(0, folder.lastIndexOf('node_modules/'))
    }
    const path = `${folder}node_modules/${name}`
    if (seen.has(path)) return
    seen.add(path)
    for (const dependency of Object.keys(packages[path]!.dependencies ?? {})) collect(dependency, `${path}/`)
  }
  for (const name of names) collect(name, '')
  return [...seen].sort().map((path) => `${path} ${packages[path]!.version} ${packages[path]!.integrity ?? ''}`)
}
