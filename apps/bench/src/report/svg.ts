const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character] as string)
}

export interface Chart {
  readonly title: string
  readonly subtitle: string
  readonly width: number
  readonly height: number
  readonly body: readonly string[]
}

/** One file for both colour schemes: it follows the reader's, also where it is embedded as an image. */
export function renderSvg({ title, subtitle, width, height, body }: Chart): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">
<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 }
.faint { fill: #59636e; font-size: 12px }
.card { fill: #ffffff }
.grid { stroke: #d1d9e0; stroke-width: 1 }
.whisker { stroke: #1f2328; stroke-width: 1.5; fill: none }
.fill-0 { fill: #0969da } .fill-1 { fill: #8c959f } .fill-2 { fill: #d4a72c }
.line-0 { stroke: #0969da } .line-1 { stroke: #8c959f } .line-2 { stroke: #d4a72c }
.line-3 { stroke: #8250df } .line-4 { stroke: #1a7f37 } .line-5 { stroke: #cf222e }
.line { fill: none; stroke-width: 2.5 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .faint { fill: #9198a1 } .card { fill: #0d1117 } .grid { stroke: #30363d } .whisker { stroke: #e6edf3 }
.fill-0 { fill: #4493f8 } .fill-1 { fill: #6e7681 } .fill-2 { fill: #bb8009 }
.line-0 { stroke: #4493f8 } .line-1 { stroke: #8b949e } .line-2 { stroke: #d29922 }
.line-3 { stroke: #ab7df8 } .line-4 { stroke: #3fb950 } .line-5 { stroke: #f85149 }
}
</style>
<rect class="card" width="${width}" height="${height}" rx="8"/>
<text class="title" x="20" y="30">${escapeXml(title)}</text>
<text class="faint" x="20" y="50">${escapeXml(subtitle)}</text>
${body.join('\n')}
</svg>
`
}
