/**
 * @file Prints what tests find on this machine: Node, the system, optional programs, and modules of Python. Tests that
 * were skipped for want of one are run once it is there, and not taken from the cache.
 */

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'munged', 'python3']
const servers = ['redis-server', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'bash', 'zsh', 'strace']
const modules = ['numpy', 'pandas', 'polars', 'pyarrow', 'safetensors', 'scipy', 'scikit-learn', 'torch', 'xgboost']

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'].filter((folder) => folder !== '')
const found = [...programs, ...servers].filter((name) => folders.some((folder) => existsSync(join(folder, name))))
const listing = `
import importlib.metadata as metadata, sys
names = ${JSON.stringify(modules)}
known = {d.metadata['Name'].lower(): d.version for d in metadata.distributions() if d.metadata['Name']}
print(sys.version.split()[0], *[name + ' ' + known[name] for name in names if name in known], sep=', ')`
const pythons = [process.env['INDISTINCT_PEER_PYTHON'], 'python3', '/usr/bin/python3'].map((python) =>
  python ? spawnSync(python, ['-c', listing], { encoding: 'utf8' }).stdout?.trim() : undefined,
)
const libraries = spawnSync('sh', ['-c', 'ldconfig -p 2>/dev/null | grep -c libxgboost'], { encoding: 'utf8' })
console.log(
  JSON.stringify({
    node: process.version,
    system: `${process.platform} ${process.arch}`,
    programs: found,
    pythons: pythons.map((python) => python || 'none'),
    xgboost: libraries.stdout?.trim() !== '0',
  }),
)
