import { changeImage } from './change-image.ts'

export const run = changeImage('Revoked', (images, ref, options) => images.revoke(ref, options))
