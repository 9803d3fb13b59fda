/**
 * @file `npm run sbom`: artifacts/indistinct.cdx.json, a CycloneDX list of all that an installation of the published
 * packages holds, with versions, licences and digests. It is taken from a project that installs the tarballs: asked
 * about this workspace, npm names its packages by folder, counts what only development needs, and leaves peers out.
 */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { jsonText, writeFileAtomic } from '@indistinct/core'

interface Component {
  externalReferences?: { type: string }[]
}

interface BillOfMaterials {
  serialNumber?: string
  metadata: { timestamp?: string; component: Component }
  components: Component[]
}

execFileSync('npm', ['run', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] })
const tarballs = readdirSync('dist/tarballs').map((name) => resolve('dist/tarballs', name))
const project = mkdtempSync(join(tmpdir(), 'indistinct-sbom-'))
try {
  const npm = (...args: string[]): string =>
    execFileSync('npm', [...args, '--package-lock-only', '--loglevel=error'], {
      cwd: project,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
  writeFileSync(
    join(project, 'package.json'),
    '{ "name": "indistinct-installation", "version": "0.0.0", "private": true }\n',
  )
  npm('install', '--ignore-scripts', '--prefer-offline', '--no-audit', ...tarballs)
  const bill = JSON.parse(npm('sbom', '--sbom-format=cyclonedx', '--sbom-type=application')) as BillOfMaterials
  // What changes from run to run, and where this machine fetched from, say nothing about the parts.
  delete bill.serialNumber
  delete bill.metadata.timestamp
  for (const component of [bill.metadata.component, ...bill.components]) {
    if (component.externalReferences)
      component.externalReferences = component.externalReferences.filter(({ type }) => type !== 'distribution')
  }
  const file = resolve('artifacts/indistinct.cdx.json')
  writeFileAtomic(file, jsonText(bill, 2))
  console.error(`${bill.components.length} components`)
  console.log(file)
} finally {
  rmSync(project, { recursive: true })
}
