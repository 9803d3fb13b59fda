// What a user of the library writes: read a table, unlearn, audit, write. Compiled and run in a project of its own.
import { audit } from '@indistinct/attackers'
import { joinLabels, readAttribute, readTable, withMatrix, writeTable } from '@indistinct/embeddings'
import { setThreads } from '@indistinct/kernels'
import { calibratedFlow } from '@indistinct/unlearners'

setThreads(2)
const table = await readTable('users.npy')
const { labels } = joinLabels(table, await readAttribute('people.csv', 'gender'))
const options = { seed: 1, attribute: 'gender', protocols: ['five-fold'] } as const
const before = await audit(table.matrix, labels, options)
const { embedding } = calibratedFlow(table.matrix, labels)
const after = await audit(embedding, labels, options)
await writeTable('moved.npy', withMatrix(table, embedding))
const worst = (attacks: typeof before.attacks): number => Math.max(...attacks.map(({ foldedAuc }) => foldedAuc.value))
console.log(JSON.stringify({ before: worst(before.attacks), after: worst(after.attacks) }))
