import { changeImage } from './change-image.ts'

export const run = changeImage('Published', (images, ref, options) => images.publish(ref, options))
