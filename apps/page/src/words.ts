/** @file Names in words. */

const attackers: Readonly<Record<string, string>> = {
  mlp: 'Perceptron',
  xgb: 'XGBoost',
  logistic: 'Logistic regression',
  qda: 'Discriminant of means and covariances',
  knn: 'Nearest neighbours',
  svm: 'Support vector machine',
  radius: 'Distances to centres',
  'best-of': 'Best of four, chosen by the attacker',
}

const protocols: Readonly<Record<string, string>> = {
  paper: 'knows 10 % of the labels',
  'five-fold': 'knows 80 % of the labels',
}

export function attackerName(name: string): string {
  return attackers[name] ?? name
}

export function protocolName(name: string): string {
  return protocols[name] ?? name
}

export type MethodName = 'flow' | 'blind' | 'relabel'

export interface MethodWords {
  readonly title: string
  readonly text: string
}

export const methods: Readonly<Record<MethodName, MethodWords>> = {
  flow: {
    title: 'Flow',
    text: 'Moves each user by the own label, until labels differ no more than chance makes them differ. Costs least.',
  },
  blind: {
    title: 'Blind',
    text: 'Moves everybody by one map, which looks at the vector alone. A move then tells nothing of the label.',
  },
  relabel: {
    title: 'Relabel',
    text:
      'Deals the vectors out by a secret draw of this browser. Exact against who holds the table alone; costs most. ' +
      'No two runs are alike.',
  },
}

/** "1 min", of processor seconds. */
export function duration(seconds: number): string {
  return seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`
}

export function grouped(count: number): string {
  return count.toLocaleString('en')
}
