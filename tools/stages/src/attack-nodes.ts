/** @file The attacks of a product on one set of tables. */

import { addNode } from './add-node.ts'
import type { AttackCell } from './expanded-grid.ts'
import type { Cell } from './product-cell.ts'
import type { StageNode } from './stage.ts'

/** Each attacker under each protocol on the tables of the node `attacked`. */
export function attacksOn(
  nodes: Map<string, StageNode>,
  {
    attackers,
    protocols,
    attribute,
    seed,
    sideBySide,
  }: Pick<Cell, 'attackers' | 'protocols' | 'attribute' | 'seed' | 'sideBySide'>,
  names: readonly string[],
  prepare: string,
  attacked: string,
): AttackCell[] {
  return attackers.flatMap((attacker) =>
    protocols.map((protocol): AttackCell => ({
      attacker: attacker.name,
      protocol: protocol.name,
      node: addNode(
        nodes,
        'attack',
        [...names, attacker.name, protocol.name],
        { attacker, protocol, attribute, seed, ...(sideBySide && { sideBySide }) },
        { prepare, tables: attacked },
      ),
    })),
  )
}
