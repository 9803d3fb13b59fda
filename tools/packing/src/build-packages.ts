/**
 * @file Makes packages as a registry gets them: sources compiled to ECMAScript modules with declarations, and a
 * manifest that points at them. The workspace itself runs from its sources, so everything made here lies apart, in
 * dist/, and can be neither imported nor hashed by mistake.
 */

import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import ts from 'typescript'
import { publishedManifest, publishedPackages, sourceEntries, type PublishedPackage } from './published-manifest.ts'
import { publishedReadme } from './published-readme.ts'

/**
 * Builds each package of `folders` (all that are published, by default) into `<out>/<folder>`, and gives those paths.
 * Types are not checked: `npm run typecheck` does that. A declaration that cannot be written is an error.
 */
export function buildPackages(root: string, out: string, folders?: readonly string[]): string[] {
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { repository: string }
  const packages = publishedPackages(root).filter(({ folder }) => folders?.includes(folder) ?? true)
  const unknown = folders?.find((folder) => !packages.some((entry) => entry.folder === folder))
  if (unknown !== undefined) throw new RangeError(`buildPackages: expected a published package, got ${unknown}`)
  const compiled = compile(root, packages)
  return packages.map((entry) => {
    const target = join(out, entry.folder)
    rmSync(target, { recursive: true, force: true })
    write(join(target, 'package.json'), `${JSON.stringify(publishedManifest(entry, repository), undefined, 2)}\n`)
    const readme = readFileSync(join(root, entry.folder, 'README.md'), 'utf8')
    write(join(target, 'README.md'), publishedReadme(readme, entry, repository))
    for (const file of entry.schemas) copyFileSync(join(root, entry.folder, file), join(target, file))
    copyFileSync(join(root, 'LICENSE'), join(target, 'LICENSE'))
    for (const [path, text] of compiled.get(entry.folder)!) {
      write(join(target, path), text)
      if (text.startsWith('#!') && path.startsWith('dist/')) chmodSync(join(target, path), 0o755)
    }
    for (const path of copiedFiles(root, entry)) {
      mkdirSync(dirname(join(target, 'dist', path)), { recursive: true })
      copyFileSync(join(root, entry.folder, 'src', path), join(target, 'dist', path))
    }
    return target
  })
}

/** What is not TypeScript and runs: workers in plain JavaScript, and WebAssembly. */
function copiedFiles(root: string, entry: PublishedPackage): string[] {
  const loaders = new Set(loadedSources(root, entry))
  return filesIn(join(root, entry.folder, 'src')).filter(
    (path) => /\.(js|wasm)$/.test(path) && !loaders.has(path.replace(/\.js$/, '.ts')),
  )
}

/**
 * Sources that a worker thread starts from. In the workspace `x.js` loads `x.ts` beside it; once compiled,
 * `x.ts` is `x.js` itself, and the loader is left out.
 */
function loadedSources(root: string, { folder }: PublishedPackage): string[] {
  const files = new Set(filesIn(join(root, folder, 'src')))
  return [...files].filter((path) => path.endsWith('.ts') && files.has(path.replace(/\.ts$/, '.js')))
}

function filesIn(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((path) => path.split(sep).join('/'))
        .sort()
    : []
}

/**
 * Texts by package folder and path within it: what entries and workers reach, hence no tests or fixtures. Sources lie
 * in src, compiled ones in dist with maps to them.
 */
function compile(root: string, packages: readonly PublishedPackage[]): Map<string, Map<string, string>> {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile) as { config: object }
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root)
  const entries = packages.flatMap((entry) =>
    [...sourceEntries(entry.manifest), ...loadedSources(root, entry).map((path) => `src/${path}`)].map((path) =>
      join(root, entry.folder, path),
    ),
  )
  const program = ts.createProgram(entries, {
    ...options,
    allowJs: true,
    declaration: true,
    declarationMap: true,
    sourceMap: true,
    rewriteRelativeImportExtensions: true,
    newLine: ts.NewLineKind.LineFeed,
  })
  const texts = new Map(packages.map(({ folder }) => [folder, new Map<string, string>()]))
  for (const source of program.getSourceFiles()) {
    const path = relative(root, source.fileName).split(sep).join('/')
    const owner = packages.find(({ folder }) => path.startsWith(`${folder}/src/`))
    if (owner === undefined || source.isDeclarationFile) continue
    const { diagnostics } = program.emit(source, (file, text) => {
      const name = relative(join(root, owner.folder, 'src'), file)
        .split(sep)
        .join('/')
      const declares = /\.d\.ts(\.map)?$/.test(name)
      // What is JavaScript already gives its declarations alone: it is copied as it is, comments and all.
      if (!declares && source.fileName.endsWith('.js')) return
      // A program without exports has no use for declarations.
      if (declares && owner.manifest.exports === undefined) return
      const own = texts.get(owner.folder)!
      own.set(`dist/${name}`, published(text, name))
      own.set(`src/${path.slice(`${owner.folder}/src/`.length)}`, source.text)
    })
    if (diagnostics.length > 0) {
      const host = {
        getCanonicalFileName: (name: string) => name,
        getCurrentDirectory: () => root,
        getNewLine: () => '\n',
      }
      throw new Error(`buildPackages: ${ts.formatDiagnostics(diagnostics, host)}`)
    }
  }
  return texts
}

/** `text` as it stands at dist/`name`: maps lead to src, and declarations name what was compiled. */
function published(text: string, name: string): string {
  if (name.endsWith('.map')) {
    const map = JSON.parse(text) as { sources: readonly string[] }
    const folder = posix.dirname(name)
    const sources = map.sources.map((path) => posix.relative(`dist/${folder}`, posix.join('src', folder, path)))
    return JSON.stringify({ ...map, sources })
  }
  // TypeScript rewrites `.ts` in code, and leaves it in declarations.
  return name.endsWith('.d.ts') ? text.replace(/(from |import\()(['"])(\.[^'"\n]*)\.ts\2/g, '$1$2$3.js$2') : text
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
