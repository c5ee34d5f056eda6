import { DatabaseSync } from 'node:sqlite'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

/**
 * The yardstick of small requests: one Hono route that reads the same row of the same database and does nothing else.
 * `node bare-hono-server.js DATABASE`, and it prints its address.
 */
const [path = ''] = process.argv.slice(2)
const database = new DatabaseSync(path, { readOnly: true })
const statement = database.prepare(
  'select images.*, workspaces.name as workspace_name from images ' +
    'inner join workspaces on workspaces.id = images.workspace_id where images.id = ?',
)
const app = new Hono()
app.get('/v2/images/:id', (c) => c.json(statement.get(c.req.param('id')) ?? {}))
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
  process.stdout.write(`http://127.0.0.1:${port}\n`)
})
