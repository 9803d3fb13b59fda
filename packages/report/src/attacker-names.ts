/**
 * @file Names of attackers and protocols as people read them. Results as JSON keep the short ones, and the model card
 * has both.
 */

import type { ReportData } from './report-data.ts'

const attackers: Readonly<Record<string, string>> = {
  mlp: 'Perceptron',
  xgb: 'XGBoost',
  logistic: 'Logistic regression',
  qda: 'Quadratic discriminant',
  knn: 'Nearest neighbours',
  svm: 'Support vector machine',
  radius: 'Distances to centres',
  'best-of': 'Best of four',
  'knn-1': 'Nearest user',
  'knn-3': 'Three nearest users',
  'knn-5': 'Five nearest users',
  'fine-svm': 'Narrow support vector machine',
  forest: 'Random forest',
  'equal-rows': 'Equal vectors',
  lattice: 'Rounding',
  'mlp-official': 'Perceptron of the authors’ code',
  'xgb-official': 'XGBoost of the authors’ code',
  ridge: 'Ridge regression',
  'kernel-ridge': 'Kernel ridge regression',
  'xgb-regression': 'XGBoost for numbers',
}

const protocols: Readonly<Record<string, string>> = {
  paper: '10\u00a0% of labels known',
  'five-fold': '80\u00a0% of labels known',
}

/** "Perceptron" of "mlp"; of a name that is not listed, its words. */
export function attackerName(name: string): string {
  if (Object.hasOwn(attackers, name)) return attackers[name]!
  return /^[a-z][a-z\d]*(-[a-z\d]+)*$/.test(name)
    ? name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ')
    : name
}

/** What the attacker of a protocol knows: "10 % of labels known" of "paper". */
export function protocolName(name: string): string {
  return Object.hasOwn(protocols, name) ? protocols[name]! : name
}

/** `data` with names for readers wherever an attacker or a protocol stands. */
export function inWords(data: ReportData): ReportData {
  const named = <Row extends { readonly attacker: string; readonly protocol?: string }>(row: Row): Row => ({
    ...row,
    attacker: attackerName(row.attacker),
    ...(row.protocol !== undefined && { protocol: protocolName(row.protocol) }),
  })
  const { attacks, roc, threatModel: model, exposure } = data
  return {
    ...data,
    ...(attacks && { attacks: attacks.map(named) }),
    ...(roc && { roc: roc.map(named) }),
    ...(exposure && {
      exposure: {
        ...(exposure.before && { before: named(exposure.before) }),
        ...(exposure.after && { after: named(exposure.after) }),
      },
    }),
    ...(model && {
      threatModel: {
        ...model,
        ...(model.attackers && {
          attackers: model.attackers.map((each) => ({ ...each, name: attackerName(each.name) })),
        }),
        ...(model.protocols && {
          protocols: model.protocols.map((each) => ({ ...each, name: protocolName(each.name) })),
        }),
      },
    }),
  }
}
