/** @file The generators as Nx loads them: CommonJS, since it has no loader for TypeScript without further packages. */

const kinds = /** @type {const} */ (['attacker', 'dataset', 'loss', 'metric', 'recommender', 'unlearner'])

for (const kind of kinds) {
  /** @param {import('nx/src/devkit-exports.js').Tree} tree @param {{ name: string }} options */
  exports[kind] = async (tree, { name }) => {
    await import('@indistinct/loader')
    /** @type {typeof import('./src/generate.ts')} */
    const { generate } = await import('./src/generate.ts')
    await generate(tree, kind, name)
  }
}
