/** @file The user table that the paper attacks and protects, where a model has several. */

const headline: { readonly [recommender: string]: string } = { nmf: 'gmf', lightgcn: 'layer-0' }

/**
 * The paper's table of `recommender` among `tables`; the first of them for a recommender that the paper does not have.
 */
export function headlineTable(recommender: string, tables: readonly string[]): string {
  const name = headline[recommender]
  return name !== undefined && tables.includes(name) ? name : tables[0]!
}
