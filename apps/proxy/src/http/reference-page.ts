import { contract, createOpenApiDocument, type OperationDefinition } from '@slipway/core'
import type { Hono } from 'hono'
import { version } from '../version.ts'
import type { AppEnv } from './env.ts'
import { methodNotAllowed } from './not-served.ts'

/** The page loads nothing and runs nothing. */
const contentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** `/openapi.json` and a page to read it by, both generated from the contract that is served. */
export function bindReference(app: Hono<AppEnv>): void {
  const document = createOpenApiDocument({ version })
  const page = renderPage()
  app.get('/openapi.json', (c) => {
    c.env.context.route = 'openapi'
    return c.json(document)
  })
  app.get('/reference', (c) => {
    c.env.context.route = 'reference'
    return c.html(page, 200, { 'content-security-policy': contentSecurityPolicy })
  })
  for (const path of ['/openapi.json', '/reference']) {
    app.all(path, (c) => {
      throw methodNotAllowed({ method: c.req.method, allowed: ['GET', 'HEAD'] })
    })
  }
}

function renderPage(): string {
  const operations = Object.entries<OperationDefinition>(contract).map(([name, operation]) =>
    renderOperation(name, operation),
  )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Images API</title><style>
body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
code{font-family:ui-monospace,monospace}section{border-top:1px solid #8884;padding:.5rem 0}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.1rem .8rem .1rem 0}
@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}a{color:#8bf}}
</style></head><body>
<h1>Images API</h1>
<p>slipway-proxy ${escapeHtml(version)}. Every path is served under <code>/v2</code> and <code>/preview/v2</code> unless it
says otherwise, and needs <code>Authorization: Bearer &lt;token&gt;</code>. For machines: <a href="/openapi.json">/openapi.json</a>.</p>
${operations.join('\n')}
</body></html>
`
}

function renderOperation(name: string, operation: OperationDefinition): string {
  const { method, path, summary, role, isPrefixed, status, errors } = operation
  const fields = [...rowsOf('path', operation.params), ...rowsOf('query', operation.query)]
  if (operation.body) fields.push(...rowsOf('body', operation.body))
  return `<section id="${name}"><h2><code>${method} ${escapeHtml(path)}</code></h2>
<p>${escapeHtml(summary)}. Role: ${role}.${isPrefixed ? '' : ' No prefix.'}</p>
${fields.length > 0 ? `<table>${fields.join('')}</table>` : ''}
<p>Answers ${status}; refuses with ${[400, 401, ...errors].join(', ')}.</p></section>`
}

function rowsOf(place: string, { shape }: OperationDefinition['query']): string[] {
  return Object.entries(shape).map(([name, field]) => {
    const { description = '' } = field as { description?: string }
    return `<tr><td>${place}</td><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(description)}</td></tr>`
  })
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
