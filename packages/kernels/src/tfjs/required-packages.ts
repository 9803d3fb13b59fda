/** @file The packages of TensorFlow.js itself. The kernels do without, so nobody has to install them. */

import { optionalPackage } from './optional-package.ts'

/** The version that peerDependencies of the package name. */
export const tensorflowVersion = '4.22.0'

/** Installs what the engine `tfjs` needs: TensorFlow.js, and its backend on the CPU. */
export const tensorflowInstallation = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm']
  .map((name) => `${name}@${tensorflowVersion}`)
  .reduce((line, name) => `${line} ${name}`, 'npm install')

/** Why TensorFlow.js cannot be used and what to do, in one line; undefined where it is installed. */
export function missingTensorflow(): string | undefined {
  return optionalPackage('@tensorflow/tfjs-core') === undefined
    ? `engine tfjs: @tensorflow/tfjs-core is not installed; ${tensorflowInstallation}`
    : undefined
}
