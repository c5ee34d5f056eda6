import { describe, expect, it } from 'vitest'
import type { DirectApi } from './direct-api.ts'
import { lookAtImage } from './look-at-image.ts'

function apiThatAnswers(status: number, body: object = {}): DirectApi {
  return { call: async () => ({ status, text: JSON.stringify(body) }), hash: async () => undefined }
}

const look = (api: DirectApi) => lookAtImage(api, 'image_a', () => 0)

describe('lookAtImage', () => {
  it.each([429, 502, 503, 504])('sees nothing of a server that says %d: it cannot be asked now', async (status) => {
    expect(await look(apiThatAnswers(status))).toBeUndefined()
  })

  it('sees nothing of a server that does not answer', async () => {
    expect(await look({ ...apiThatAnswers(200), call: async () => undefined })).toBeUndefined()
  })

  it.each([400, 403, 500, 507])('tells in words of a server that says %d', async (status) => {
    expect(await look(apiThatAnswers(status))).toMatch(`asked for image_a, the server answered ${status}`)
  })

  it('sees that there is no such image', async () => {
    expect(await look(apiThatAnswers(404))).toMatchObject({ image: undefined })
  })

  it('asks for no parts of an image that is completed', async () => {
    const seen = await look(apiThatAnswers(200, { upload_status: 'completed', sha256: 'A' }))
    expect(seen).toMatchObject({ image: { uploadStatus: 'completed', sha256: 'A' }, parts: undefined })
  })
})
