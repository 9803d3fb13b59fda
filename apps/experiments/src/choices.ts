/** @file Names that grids may hold, for the checks of the command line before anything runs. */

import { namedAttackers, protocols } from '@indistinct/attackers'
import { recommenders } from '@indistinct/recommenders'
import { inTrainingMethods, unlearners } from '@indistinct/unlearners'

export const recommenderNames: readonly string[] = recommenders.map(({ name }) => name)
export const attackerNames: readonly string[] = Object.keys(namedAttackers)
/** Methods that act after training, and those that act during it. */
export const methodNames: readonly string[] = [...Object.keys(unlearners), ...Object.keys(inTrainingMethods)]
export const protocolNames: readonly string[] = Object.keys(protocols)
