import tseslint from 'typescript-eslint'

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/**',
      '**/generated/**',
      'artifacts/**',
      'dist/**',
      'packages/kernels/assembly/**',
      '.nx/**',
    ],
  },
  ...tseslint.configs.recommended,
  {
    rules: {
      // Typed arrays are indexed with `!` under noUncheckedIndexedAccess: kernels trust bounds checked once outside.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      // What the formatter cannot break: strings and comments.
      'max-len': ['error', { code: 120, ignoreRegExpLiterals: true, ignoreUrls: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'index files name every export' },
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: 'randomness takes a seed: use randomStream of @indistinct/core',
        },
        // `test(name, run, 60_000)`, and the same of `test.each(…)`.
        ...[
          "CallExpression[callee.name='test'][arguments.length=3]",
          "CallExpression[callee.callee.object.name='test'][arguments.length=3]",
          'CallExpression[callee.name=/^(before|after)(All|Each)$/][arguments.length=2]',
        ].map((call) => ({
          selector: `${call} > Literal.arguments:last-child`,
          message: 'a timeout that stands in a test does not grow with the load, as that of vitest.config.ts does',
        })),
        // A Buffer of zlib, of the pool or of slice is a view: its buffer starts elsewhere, and values shift without a
        // word.
        ...[
          'NewExpression[callee.name=/Array$|^DataView$/][arguments.length=1] > ' +
            "MemberExpression.arguments[property.name='buffer']",
          "CallExpression[callee.object.name='Buffer'][callee.property.name='from'][arguments.length=1] > " +
            "MemberExpression.arguments[property.name='buffer']",
        ].map((selector) => ({
          selector,
          message: 'a typed array may be a view: pass byteOffset and a length too, or use bytesOf of @indistinct/core',
        })),
      ],
    },
  },
  {
    // Programs in Python and expected messages stand in tests as they are.
    files: ['**/*.test.ts'],
    rules: {
      'max-len': ['error', { code: 120, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true, ignoreUrls: true }],
    },
  },
  {
    // A function is read at one look; one that is longer says at its disabling line why cutting would only scatter it.
    files: ['**/*.ts', '**/*.js'],
    // A template is the text of a file.
    ignores: ['**/*.test.ts', 'test/**', 'tools/generators/templates/**'],
    rules: { 'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }] },
  },
)
