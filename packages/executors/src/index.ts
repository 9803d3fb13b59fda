export { runTasks, wavesOf, type Executor, type Failure, type RunOptions, type Task, type TaskRun } from './executor.ts'
export { localExecutor, type LocalOptions } from './local.ts'
export { endWithParent } from './spawn-task.ts'
