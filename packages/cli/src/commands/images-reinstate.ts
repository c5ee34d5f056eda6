import { changeImage } from './change-image.ts'

export const run = changeImage('Reinstated', (images, ref, options) => images.reinstate(ref, options))
