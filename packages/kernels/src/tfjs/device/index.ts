export { openDevice, type Device, type DeviceProgram, type Methods } from './device.ts'
export { engineRecord } from './engine-record.ts'
export { measuredRate } from './measured-rate.ts'
export { missingTensorflow } from '../required-packages.ts'
