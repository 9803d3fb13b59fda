/** @file Names that grids may hold, for the checks of the command line before anything runs. */

import { protocols } from '@indistinct/attackers'
import { recommenders } from '@indistinct/recommenders'
import { attackers } from './stages/attack.ts'

export const recommenderNames: readonly string[] = recommenders.map(({ name }) => name)
export const attackerNames: readonly string[] = Object.keys(attackers)
export const protocolNames: readonly string[] = Object.keys(protocols)
