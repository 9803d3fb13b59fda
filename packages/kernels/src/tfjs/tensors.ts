/** @file TensorFlow.js itself, so that all packages have the one whose backend is open. */

import * as tf from '@tensorflow/tfjs-core'

export { tf }
