/** @file The commands by name. What a command runs is loaded when it is called: --help of all needs none of it. */

import type { CommandModule } from 'yargs'

/** A command's flags, each of a type of its own, and what it does. */
type Loaded = Pick<CommandModule<object, never>, 'handler'> & { readonly builder?: unknown }

interface Command {
  /** Its positionals too, as yargs reads them. */
  readonly command: string
  readonly describe: string
  /** First words of its own commands, where it is a group of them. */
  readonly group?: readonly string[]
  readonly load: () => Promise<Loaded>
}

/** In the order of --help. */
export const commands: Readonly<Record<string, Command>> = {
  audit: {
    command: 'audit <tables..>',
    describe: 'attack tables of user embeddings: do they give an attribute away?',
    load: async () => (await import('./audit.ts')).auditCommand,
  },
  unlearn: {
    command: 'unlearn <tables..>',
    describe: 'make users indistinguishable by an attribute, and write the new tables',
    load: async () => (await import('./unlearn.ts')).unlearnCommand,
  },
  certify: {
    command: 'certify <table>',
    describe: 'bound what whole classes of attackers can learn, where labels did not make the table',
    load: async () => (await import('./certify.ts')).certifyCommand,
  },
  restore: {
    command: 'restore <table>',
    describe: 'turn an unlearned table back into the original, byte for byte',
    load: async () => (await import('./restore.ts')).restoreCommand,
  },
  shards: {
    command: 'shards',
    describe: 'tables larger than memory, by workers on one machine or many',
    group: ['unlearn', 'worker'],
    load: async () => (await import('./shards.ts')).shardsCommand,
  },
  compare: {
    command: 'compare <table>',
    describe: 'run every method on a table: what each still gives away, and what it costs',
    load: async () => (await import('./compare.ts')).compareCommand,
  },
  data: {
    command: 'data',
    describe: 'list, fetch and describe data sets',
    group: ['list', 'fetch', 'describe'],
    load: async () => (await import('./data.ts')).dataCommand,
  },
  reproduce: {
    command: 'reproduce [targets..]',
    describe: 'tables and figures of the paper: table-2 to table-5, figure-2 to figure-4, all',
    load: async () => (await import('./reproduce.ts')).reproduceCommand,
  },
  grid: {
    command: 'grid',
    describe: 'grids of experiments on worker processes, Slurm, BullMQ or Kubernetes',
    group: ['plan', 'run', 'resume', 'status', 'cell', 'worker'],
    load: async () => (await import('./grid.ts')).gridCommand,
  },
  export: {
    command: 'export',
    describe: 'write the vectors that are live in PostgreSQL or Redis to a file',
    load: async () => (await import('./export.ts')).exportCommand,
  },
  publish: {
    command: 'publish <file>',
    describe: 'write a table back to PostgreSQL or Redis, verify it, and switch to it',
    load: async () => (await import('./publish.ts')).publishCommand,
  },
  versions: {
    command: 'versions',
    describe: 'list the versions that PostgreSQL or Redis keeps, or remove the old ones',
    load: async () => (await import('./versions.ts')).versionsCommand,
  },
  rollback: {
    command: 'rollback',
    describe: 'switch PostgreSQL or Redis back to the version before',
    load: async () => (await import('./rollback.ts')).rollbackCommand,
  },
  doctor: {
    command: 'doctor',
    describe: 'Node, kernels, TensorFlow.js, XGBoost, threads and data on this machine',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  completion: {
    command: 'completion [shell]',
    describe: 'print what makes bash or zsh complete commands, flags and values',
    load: async () => (await import('./completion.ts')).completionCommand,
  },
}
