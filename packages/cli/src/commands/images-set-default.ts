import { changeImage } from './change-image.ts'

export const run = changeImage('Made the default:', (images, ref, options) => images.setDefault(ref, options))
