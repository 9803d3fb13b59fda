/** @file Names that grids may hold, for the checks of the command line before anything runs. */

import { recommenders } from '@indistinct/recommenders'

export const recommenderNames: readonly string[] = recommenders.map(({ name }) => name)
export const attackerNames: readonly string[] = ['mlp', 'xgb']
export const protocolNames: readonly string[] = ['paper', 'five-fold']
