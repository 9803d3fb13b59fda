/** @file Prints what a measurement depends on besides code: the machine and the versions of the peers' libraries. */

import { peerVersions } from './find-python.ts'
import { machineAtStart } from './machine.ts'

// The load changes with every call.
console.log(JSON.stringify({ ...machineAtStart(peerVersions).finish(), load: undefined }))
