const widthPixels = 1600

/** The light version of a chart. The renderer is loaded only where a PNG is wanted. */
export async function toPng(svg: string): Promise<Buffer> {
  const { Resvg } = await import('@resvg/resvg-js')
  const image = new Resvg(svg, {
    fitTo: { mode: 'width', value: widthPixels },
    font: { loadSystemFonts: true, sansSerifFamily: 'DejaVu Sans', defaultFontFamily: 'DejaVu Sans' },
  })
  return image.render().asPng()
}
